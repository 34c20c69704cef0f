# SPDX-License-Identifier: Apache-2.0
# What the binding uses of amps/amps_broker.h.
from libc.stdint cimport int32_t, uint32_t, uint64_t

from pyamps.libamps cimport amps_result, amps_span_t


cdef extern from "amps/amps_broker.h" nogil:
    ctypedef struct amps_broker_t:
        pass
    ctypedef struct amps_broker_transport_t:
        uint32_t struct_size
        const char* name
        const char* type
        const char* address
        const char* message_type
        const char* certificate
        const char* private_key
        const char* ca_file
    ctypedef struct amps_broker_address_t:
        uint32_t struct_size
        amps_span_t name
        amps_span_t type
        amps_span_t host
        amps_span_t message_type
        amps_span_t path
        uint32_t port
    ctypedef enum amps_broker_number_t:
        AMPS_BROKER_NUMBER_COUNT
    ctypedef enum amps_log_level_t:
        AMPS_LOG_TRACE
    ctypedef struct amps_broker_log_t:
        uint32_t struct_size
        void (*fn)(amps_log_level_t level, amps_span_t line, void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil
        int32_t wants_trace
    ctypedef struct amps_broker_authenticator_t:
        uint32_t struct_size
        amps_result (*fn)(amps_span_t client_name, amps_span_t user, amps_span_t password,
                          amps_span_t* challenge, void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil

    amps_result amps_broker_new(amps_broker_t** out)
    void amps_broker_free(amps_broker_t* broker)
    void amps_broker_last_error(int32_t* code, amps_span_t* text)
    const char* amps_broker_version_string()
    amps_result amps_broker_set_name(amps_broker_t* broker, const char* name)
    amps_result amps_broker_add_transport(amps_broker_t* broker, const amps_broker_transport_t* transport)
    amps_result amps_broker_set_number(amps_broker_t* broker, amps_broker_number_t which, uint64_t value)
    amps_result amps_broker_get_number(const amps_broker_t* broker, amps_broker_number_t which, uint64_t* value)
    amps_result amps_broker_configure(
        amps_broker_t* broker, amps_span_t xml, const char* origin, const char* variables)
    amps_result amps_broker_configure_file(amps_broker_t* broker, const char* path, const char* variables)
    amps_result amps_broker_dump(const amps_broker_t* broker, amps_span_t* xml)
    const char* amps_broker_sample()
    amps_result amps_broker_set_log(amps_broker_t* broker, const amps_broker_log_t* log)
    amps_result amps_broker_set_authenticator(
        amps_broker_t* broker, const amps_broker_authenticator_t* authenticator)
    ctypedef struct amps_broker_entitlement_t:
        uint32_t struct_size
        amps_result (*fn)(
            amps_span_t client_name, amps_span_t user, amps_span_t* document, void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil
    amps_result amps_broker_set_entitlement(
        amps_broker_t* broker, const amps_broker_entitlement_t* entitlement)
    amps_result amps_broker_use_manual_clock(amps_broker_t* broker)
    amps_result amps_broker_advance(amps_broker_t* broker, uint64_t ms)
    amps_result amps_broker_check(amps_broker_t* broker)
    void amps_broker_crash(amps_broker_t* broker)
    amps_result amps_broker_drain(amps_broker_t* broker, uint32_t timeout_ms)
    amps_result amps_broker_start(amps_broker_t* broker)
    void amps_broker_stop(amps_broker_t* broker)
    int32_t amps_broker_is_running(const amps_broker_t* broker)
    size_t amps_broker_address_count(const amps_broker_t* broker)
    amps_result amps_broker_admin_address(const amps_broker_t* broker, amps_broker_address_t* out)
    amps_result amps_broker_address(const amps_broker_t* broker, size_t index, amps_broker_address_t* out)
    amps_result amps_broker_statistics(const amps_broker_t* broker, amps_span_t* json)
    ctypedef struct amps_broker_filter_t:
        pass
    ctypedef enum amps_broker_value_kind_t:
        AMPS_BROKER_VALUE_NULL
        AMPS_BROKER_VALUE_BOOLEAN
        AMPS_BROKER_VALUE_INTEGER
        AMPS_BROKER_VALUE_UNSIGNED
        AMPS_BROKER_VALUE_FLOAT
        AMPS_BROKER_VALUE_STRING
    ctypedef struct amps_broker_value_t:
        uint32_t struct_size
        amps_broker_value_kind_t kind
        uint64_t bits
        double number
        amps_span_t text
    amps_result amps_broker_filter_new(
        amps_span_t text, const char* message_type, amps_broker_filter_t** out, size_t* error_offset)
    void amps_broker_filter_free(amps_broker_filter_t* filter)
    amps_result amps_broker_filter_matches(amps_broker_filter_t* filter, amps_span_t body, int32_t* out)
    amps_result amps_broker_filter_evaluate(
        amps_broker_filter_t* filter, amps_span_t body, amps_broker_value_t* out)
    amps_result amps_broker_filter_explain(const amps_broker_filter_t* filter, amps_span_t* text)

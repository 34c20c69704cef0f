# SPDX-License-Identifier: Apache-2.0
# The C interface of libamps. The meaning of everything is in the headers.
from libc.stdint cimport int32_t, uint32_t, uint64_t

cdef extern from "amps/amps.h" nogil:
    ctypedef enum amps_result:
        AMPS_E_OK
        AMPS_E_MEMORY
        AMPS_E_RETRY
        AMPS_E_USAGE
        AMPS_E_CALLBACK
        AMPS_E_NOT_FOUND
        AMPS_E_TIMED_OUT
        AMPS_E_AUTHENTICATION
        AMPS_E_FILTER
        AMPS_E_WOULD_BLOCK
        AMPS_E_INTERRUPTED

    ctypedef struct amps_span_t:
        const char* ptr
        size_t len

    ctypedef void* amps_handle

    # ---- messages ----
    ctypedef enum FieldId:
        AMPS_Command
        AMPS_Topic
        AMPS_CommandId
        AMPS_SubscriptionId
        AMPS_SubscriptionIds
        AMPS_QueryId
        AMPS_AckType
        AMPS_Status
        AMPS_Reason
        AMPS_Bookmark
        AMPS_SowKey
        AMPS_Sequence
        AMPS_Timestamp
        AMPS_CorrelationId
        AMPS_Options
        AMPS_Filter
        AMPS_OrderBy
        AMPS_TopN
        AMPS_BatchSize
        AMPS_Expiration
        AMPS_SowKeys
        AMPS_LeasePeriod
        AMPS_MessageLength
        AMPS_MessageType
        AMPS_ClientName
        AMPS_UserId
        AMPS_Password
        AMPS_Version
        AMPS_Matches
        AMPS_TopicMatches
        AMPS_RecordsReturned
        AMPS_RecordsInserted
        AMPS_RecordsUpdated
        AMPS_RecordsDeleted
        AMPS_GroupSequenceNumber
        AMPS_DataOnly
        AMPS_SendEmpty
        AMPS_SendKeys
        AMPS_SendOOF
        AMPS_Heartbeat
        AMPS_TimeoutInterval
        AMPS_MaxMessages
        AMPS_UseNs
        AMPS_FIELD_COUNT

    ctypedef struct amps_message_t:
        uint32_t struct_size
        uint32_t field_count
        uint64_t present
        uint32_t command
        uint32_t ack_types
        amps_span_t data
        const amps_span_t* fields

    ctypedef struct amps_message_ref_t:
        amps_message_t* body

    amps_handle amps_message_create(amps_handle client)
    amps_handle amps_message_copy(amps_handle message)
    void amps_message_retain(amps_message_t* message)
    void amps_message_release(amps_message_t* message)
    void amps_message_reset(amps_handle message)
    amps_result amps_message_set_field_value(amps_handle message, FieldId field, const char* ptr, size_t size)
    amps_result amps_message_set_field_uint64(amps_handle message, FieldId field, uint64_t value)
    uint64_t amps_message_get_field_uint64(amps_handle message, FieldId field)
    amps_result amps_message_set_data(amps_handle message, const char* ptr, size_t size)
    amps_result amps_message_set_command(amps_message_t* message, uint32_t command)
    amps_result amps_message_ack(amps_message_t* message, amps_span_t options)
    uint64_t amps_message_bookmark_seq(const amps_message_t* message)
    void amps_message_set_bookmark_seq(amps_message_t* message, uint64_t seq)

    # ---- the library ----
    ctypedef struct amps_client_t:
        pass
    ctypedef struct amps_stream_t:
        pass
    ctypedef struct amps_client_ref_t:
        amps_client_t* body

    uint32_t amps_abi_version()
    const char* amps_version_string()
    void amps_last_error(int32_t* code, amps_span_t* text, amps_span_t* reason)
    void amps_callback_error(int32_t code, amps_span_t text)
    void amps_set_interrupt_hook(int32_t (*hook)() noexcept nogil)

    # ---- clients ----
    uint32_t AMPS_CLIENT_KIND_PLAIN
    uint32_t AMPS_CLIENT_KIND_HA
    amps_result amps_client_new(amps_client_t** out, amps_span_t name, uint32_t kind)
    void amps_client_retain(amps_client_t* client)
    void amps_client_release(amps_client_t* client)
    uint32_t amps_client_kind(const amps_client_t* client)

    ctypedef enum amps_client_number_t:
        AMPS_CLIENT_AUTO_ACK
        AMPS_CLIENT_ACK_BATCH_SIZE
        AMPS_CLIENT_ACK_TIMEOUT_MS
        AMPS_CLIENT_DEFAULT_MAX_DEPTH
        AMPS_CLIENT_RETRY_ON_DISCONNECT
        AMPS_CLIENT_TIMEOUT_MS
        AMPS_CLIENT_RESUBSCRIPTION_TIMEOUT_MS
        AMPS_CLIENT_ERROR_ON_PUBLISH_GAP
        AMPS_CLIENT_SERVER_VERSION
        AMPS_CLIENT_NAME_HASH
        AMPS_CLIENT_DISCONNECTED
        AMPS_CLIENT_UNPERSISTED_COUNT
        AMPS_CLIENT_NUMBER_COUNT

    ctypedef enum amps_client_text_t:
        AMPS_CLIENT_NAME
        AMPS_CLIENT_LOGON_OPTIONS
        AMPS_CLIENT_LOGON_CORRELATION
        AMPS_CLIENT_URI
        AMPS_CLIENT_URI_REDACTED
        AMPS_CLIENT_NAME_HASH_TEXT
        AMPS_CLIENT_SERVER_VERSION_TEXT
        AMPS_CLIENT_LANGUAGE

    amps_result amps_client_set_number(amps_client_t* client, amps_client_number_t which, uint64_t value)
    amps_result amps_client_get_number(amps_client_t* client, amps_client_number_t which, uint64_t* value)
    amps_result amps_client_set_text(amps_client_t* client, amps_client_text_t which, amps_span_t value)
    amps_result amps_client_get_text(amps_client_t* client, amps_client_text_t which, amps_span_t* value)
    amps_result amps_client_connection_info(
        amps_client_t* client,
        void (*visit)(amps_span_t key, amps_span_t value, void* userdata) noexcept nogil,
        void* userdata)

    amps_result amps_client_connect(amps_handle client, const char* uri)
    amps_result amps_client_logon(
        amps_client_t* client, const amps_authenticator_vt_t* authenticator, void* self,
        const char* options, uint32_t timeout_ms, amps_span_t* command_id)
    amps_result amps_client_connect_and_logon(amps_client_t* client)
    void amps_client_disconnect(amps_handle client)
    amps_result amps_client_set_heartbeat(amps_client_t* client, uint32_t interval_s, uint32_t timeout_s)
    amps_result amps_client_add_http_preflight_header(amps_client_t* client, amps_span_t line)
    amps_result amps_client_clear_http_preflight_headers(amps_client_t* client)

    uint32_t AMPS_PUBLISH_DELTA
    uint32_t AMPS_PUBLISH_NO_WAIT
    uint32_t AMPS_NO_EXPIRATION
    amps_result amps_client_publish(
        amps_client_t* client, amps_span_t topic, amps_span_t data,
        uint32_t expiration_s, uint32_t flags, uint64_t* sequence)
    amps_result amps_client_publish_flush(amps_client_t* client, uint32_t timeout_ms, uint32_t ack_type)

    # ---- handlers ----
    ctypedef void (*amps_message_fn)(amps_message_ref_t* message, void* userdata) noexcept nogil
    uint32_t AMPS_HANDLER_BATCHED
    ctypedef struct amps_handler_t:
        uint32_t struct_size
        uint32_t flags
        amps_message_fn fn
        void* userdata
        void (*release)(void* owner) noexcept nogil
        void* owner

    ctypedef enum amps_handler_slot_t:
        AMPS_SLOT_LAST_CHANCE
        AMPS_SLOT_UNHANDLED
        AMPS_SLOT_DUPLICATE

    amps_result amps_client_set_handler(
        amps_client_t* client, amps_handler_slot_t slot, const amps_handler_t* handler)
    amps_result amps_client_set_command_handler(
        amps_client_t* client, uint32_t command, const amps_handler_t* handler)

    ctypedef struct amps_disconnect_handler_t:
        uint32_t struct_size
        amps_result (*fn)(amps_client_ref_t* client, void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil
    amps_result amps_client_set_lost_handler(amps_client_t* client, const amps_disconnect_handler_t* handler)

    ctypedef struct amps_exception_listener_t:
        uint32_t struct_size
        void (*fn)(int32_t code, amps_span_t text, void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil
    amps_result amps_client_set_exception_listener(
        amps_client_t* client, const amps_exception_listener_t* listener)

    ctypedef struct amps_state_listener_t:
        uint32_t struct_size
        void (*fn)(int32_t state, void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil
    amps_result amps_client_add_state_listener(amps_client_t* client, const amps_state_listener_t* listener)
    amps_result amps_client_remove_state_listener(
        amps_client_t* client, void (*fn)(int32_t state, void* userdata) noexcept nogil, void* userdata)

    ctypedef struct amps_failed_write_handler_t:
        uint32_t struct_size
        void (*fn)(amps_message_ref_t* message, amps_span_t reason, void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil
    amps_result amps_client_set_failed_write_handler(
        amps_client_t* client, const amps_failed_write_handler_t* handler)

    ctypedef struct amps_transport_bytes_t:
        uint32_t struct_size
        int32_t incoming
        amps_span_t bytes
    ctypedef struct amps_transport_filter_t:
        uint32_t struct_size
        amps_result (*fn)(amps_transport_bytes_t* bytes, void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil
    amps_result amps_client_set_transport_filter(amps_client_t* client, const amps_transport_filter_t* filter)

    ctypedef struct amps_thread_callback_t:
        uint32_t struct_size
        amps_result (*fn)(void* userdata) noexcept nogil
        void* userdata
        void (*release)(void* userdata) noexcept nogil
    amps_result amps_client_set_thread_created(amps_client_t* client, const amps_thread_callback_t* callback)
    amps_result amps_client_deferred_execution(amps_client_t* client, const amps_thread_callback_t* callback)

    ctypedef struct amps_delivery_hooks_t:
        uint32_t struct_size
        void (*before_wait)() noexcept nogil
        void (*thread_end)() noexcept nogil
    void amps_set_delivery_hooks(const amps_delivery_hooks_t* hooks)

    # ---- commands ----
    uint32_t AMPS_EXECUTE_NO_RESUBSCRIBE
    uint32_t AMPS_EXECUTE_AS_IS
    amps_result amps_client_execute(
        amps_client_t* client, const amps_message_t* command, const amps_handler_t* handler,
        uint32_t timeout_ms, uint32_t flags, amps_span_t* id)
    amps_result amps_client_execute_stream(
        amps_client_t* client, const amps_message_t* command, uint32_t timeout_ms, uint32_t flags,
        amps_stream_t** out)
    amps_result amps_client_unsubscribe(amps_client_t* client, amps_span_t ids)
    amps_result amps_client_send(amps_handle client, amps_handle message)
    amps_result amps_client_add_route(
        amps_client_t* client, amps_span_t id, const amps_handler_t* handler,
        uint32_t ack_types, int32_t is_subscription)
    amps_result amps_client_remove_route(amps_client_t* client, amps_span_t id)
    amps_result amps_client_ack(
        amps_client_t* client, amps_span_t topic, amps_span_t bookmarks, amps_span_t options)
    amps_result amps_client_flush_acks(amps_client_t* client)
    amps_result amps_client_discard(amps_client_t* client, amps_message_t* message)

    # ---- streams ----
    ctypedef enum amps_stream_state_t:
        AMPS_STREAM_MESSAGE
        AMPS_STREAM_TIMED_OUT
        AMPS_STREAM_ENDED
    void amps_stream_release(amps_stream_t* stream)
    amps_result amps_stream_next(
        amps_stream_t* stream, uint32_t timeout_ms, amps_message_ref_t* message, amps_stream_state_t* state)
    void amps_stream_close(amps_stream_t* stream)
    amps_result amps_stream_set_conflating(amps_stream_t* stream, int32_t conflating)
    amps_result amps_stream_set_max_depth(amps_stream_t* stream, size_t messages)
    size_t amps_stream_max_depth(const amps_stream_t* stream)
    size_t amps_stream_depth(const amps_stream_t* stream)
    amps_result amps_stream_id(const amps_stream_t* stream, FieldId which, amps_span_t* id)

    # ---- parts a program can replace ----
    ctypedef struct amps_authenticator_vt_t:
        uint32_t struct_size
        const char* family
        void (*retain)(void* self) noexcept nogil
        void (*release)(void* self) noexcept nogil
        amps_result (*authenticate)(
            void* self, amps_span_t user, amps_span_t password, amps_span_t* token) noexcept nogil
        amps_result (*retry)(
            void* self, amps_span_t user, amps_span_t password, amps_span_t* token) noexcept nogil
        amps_result (*completed)(
            void* self, amps_span_t user, amps_span_t password, amps_span_t reason) noexcept nogil

    ctypedef struct amps_server_chooser_vt_t:
        uint32_t struct_size
        const char* family
        void (*retain)(void* self) noexcept nogil
        void (*release)(void* self) noexcept nogil
        amps_result (*current_uri)(void* self, amps_span_t* uri) noexcept nogil
        amps_result (*current_authenticator)(
            void* self, const amps_authenticator_vt_t** authenticator, void** authenticator_self) noexcept nogil
        amps_result (*report_failure)(
            void* self, int32_t code, amps_span_t text, amps_client_t* client) noexcept nogil
        amps_result (*report_success)(void* self, amps_client_t* client) noexcept nogil
        amps_result (*error)(void* self, amps_span_t* text) noexcept nogil

    ctypedef struct amps_delay_strategy_vt_t:
        uint32_t struct_size
        const char* family
        void (*retain)(void* self) noexcept nogil
        void (*release)(void* self) noexcept nogil
        amps_result (*wait_duration)(void* self, amps_span_t uri, uint32_t* milliseconds) noexcept nogil
        amps_result (*reset)(void* self) noexcept nogil

    ctypedef struct amps_failed_resubscribe_vt_t:
        uint32_t struct_size
        const char* family
        void (*retain)(void* self) noexcept nogil
        void (*release)(void* self) noexcept nogil
        amps_result (*failure)(
            void* self, amps_message_ref_t* command, uint32_t ack_types, int32_t code,
            amps_span_t text, int32_t* drop) noexcept nogil

    ctypedef struct amps_bookmark_store_vt_t:
        uint32_t struct_size
        const char* family
        void (*retain)(void* self) noexcept nogil
        void (*release)(void* self) noexcept nogil
        amps_result (*log)(void* self, amps_message_ref_t* message, uint64_t* sequence) noexcept nogil
        amps_result (*discard)(void* self, amps_message_ref_t* message) noexcept nogil
        amps_result (*discard_sequence)(void* self, amps_span_t sub_id, uint64_t sequence) noexcept nogil
        amps_result (*most_recent)(void* self, amps_span_t sub_id, amps_span_t* bookmark) noexcept nogil
        amps_result (*is_discarded)(void* self, amps_message_ref_t* message, int32_t* discarded) noexcept nogil
        amps_result (*purge)(void* self, amps_span_t sub_id) noexcept nogil
        amps_result (*oldest_sequence)(void* self, amps_span_t sub_id, uint64_t* sequence) noexcept nogil
        amps_result (*persisted)(void* self, amps_span_t sub_id, amps_span_t bookmark) noexcept nogil
        amps_result (*set_server_version)(void* self, uint64_t version) noexcept nogil

    ctypedef amps_result (*amps_store_replay_fn)(amps_message_ref_t* message, void* userdata) noexcept nogil
    ctypedef struct amps_publish_store_vt_t:
        uint32_t struct_size
        const char* family
        void (*retain)(void* self) noexcept nogil
        void (*release)(void* self) noexcept nogil
        amps_result (*store)(void* self, amps_message_ref_t* message, uint64_t* sequence) noexcept nogil
        amps_result (*discard_up_to)(void* self, uint64_t sequence) noexcept nogil
        amps_result (*replay)(void* self, amps_store_replay_fn replay, void* userdata) noexcept nogil
        amps_result (*replay_single)(
            void* self, amps_store_replay_fn replay, void* userdata, uint64_t sequence) noexcept nogil
        amps_result (*unpersisted_count)(void* self, uint64_t* count) noexcept nogil
        amps_result (*flush)(void* self, uint32_t timeout_ms) noexcept nogil
        amps_result (*lowest_unpersisted)(void* self, uint64_t* sequence) noexcept nogil
        amps_result (*last_persisted)(void* self, uint64_t* sequence) noexcept nogil

    amps_result amps_client_set_server_chooser(
        amps_client_t* client, const amps_server_chooser_vt_t* vt, void* self)
    amps_result amps_client_get_server_chooser(
        amps_client_t* client, const amps_server_chooser_vt_t** vt, void** self)
    amps_result amps_client_set_delay_strategy(
        amps_client_t* client, const amps_delay_strategy_vt_t* vt, void* self)
    amps_result amps_client_set_failed_resubscribe(
        amps_client_t* client, const amps_failed_resubscribe_vt_t* vt, void* self)
    amps_result amps_client_set_bookmark_store(
        amps_client_t* client, const amps_bookmark_store_vt_t* vt, void* self)
    amps_result amps_client_get_bookmark_store(
        amps_client_t* client, const amps_bookmark_store_vt_t** vt, void** self)
    amps_result amps_client_set_publish_store(
        amps_client_t* client, const amps_publish_store_vt_t* vt, void* self)

    amps_result amps_default_chooser_new(const amps_server_chooser_vt_t** vt, void** self)
    amps_result amps_default_chooser_add(
        void* self, amps_span_t uri, const amps_authenticator_vt_t* authenticator, void* authenticator_self)
    amps_result amps_default_chooser_remove(void* self, amps_span_t uri)
    amps_result amps_default_chooser_next(void* self)
    amps_result amps_fixed_delay_new(
        uint32_t delay_ms, uint32_t retry_max_ms, const amps_delay_strategy_vt_t** vt, void** self)
    amps_result amps_exponential_delay_new(
        uint32_t initial_ms, uint32_t delay_max_ms, double exponent, uint32_t retry_max_ms, double jitter,
        const amps_delay_strategy_vt_t** vt, void** self)
    const uint32_t AMPS_STORE_SYNC
    amps_result amps_memory_publish_store_new(
        uint64_t size_bytes_max, const amps_publish_store_vt_t** vt, void** self)
    amps_result amps_file_publish_store_new(
        amps_span_t path, uint32_t flags, uint64_t size_bytes_max, const amps_publish_store_vt_t** vt, void** self)
    amps_result amps_publish_store_sync(void* self)
    amps_result amps_publish_store_close(void* self)
    amps_result amps_memory_bookmark_store_new(const amps_bookmark_store_vt_t** vt, void** self)
    amps_result amps_file_bookmark_store_new(
        amps_span_t path, uint32_t flags, const amps_bookmark_store_vt_t** vt, void** self)
    amps_result amps_bookmark_store_sync(void* self)
    amps_result amps_bookmark_store_close(void* self)
    amps_result amps_bookmark_store_prune(void* self)

    # ---- TLS ----
    amps_result amps_ssl_init(const char* library)
    amps_result amps_ssl_init_from_context(void* ssl_ctx, const char* library)
    amps_result amps_ssl_set_verify(int mode)
    amps_result amps_ssl_load_verify_locations(const char* ca_file, const char* ca_path)
    amps_result amps_ssl_use_certificate_file(const char* file)
    amps_result amps_ssl_use_private_key_file(const char* file)
    void amps_ssl_free()
    const char* amps_ssl_get_error()
    const char* amps_ssl_version()

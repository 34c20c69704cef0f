// SPDX-License-Identifier: Apache-2.0
#include "plugin_tables.h"

#include "gil_entry.hpp"

// Written in _plugins.pyx; each needs the GIL.
extern "C" {
void part_retain(void* self);
void part_release(void* self);
amps_result part_authenticate(void* self, amps_span_t user, amps_span_t password, amps_span_t* token);
amps_result part_retry(void* self, amps_span_t user, amps_span_t password, amps_span_t* token);
amps_result part_completed(void* self, amps_span_t user, amps_span_t password, amps_span_t reason);
amps_result part_current_uri(void* self, amps_span_t* uri);
amps_result part_current_authenticator(void* self, const amps_authenticator_vt_t** authenticator,
                                       void** authenticator_self);
amps_result part_report_failure(void* self, int32_t code, amps_span_t text, amps_client_t* client);
amps_result part_report_success(void* self, amps_client_t* client);
amps_result part_error(void* self, amps_span_t* text);
amps_result part_wait_duration(void* self, amps_span_t uri, uint32_t* milliseconds);
amps_result part_reset(void* self);
amps_result part_resubscribe_failure(void* self, amps_message_ref_t* command, uint32_t ack_types,
                                     int32_t code, amps_span_t text, int32_t* drop);
}

namespace {

using pyamps::Entry;

constexpr char kFamily[] = "pyamps/1";
constexpr auto kRetain = Entry<&part_retain>::call;
constexpr auto kRelease = Entry<&part_release>::call;

}  // namespace

const amps_authenticator_vt_t pyamps_authenticator_table = {
    sizeof(amps_authenticator_vt_t),
    kFamily,
    kRetain,
    kRelease,
    Entry<&part_authenticate>::call,
    Entry<&part_retry>::call,
    Entry<&part_completed>::call,
};

const amps_server_chooser_vt_t pyamps_chooser_table = {
    sizeof(amps_server_chooser_vt_t),
    kFamily,
    kRetain,
    kRelease,
    Entry<&part_current_uri>::call,
    Entry<&part_current_authenticator>::call,
    Entry<&part_report_failure>::call,
    Entry<&part_report_success>::call,
    Entry<&part_error>::call,
};

const amps_delay_strategy_vt_t pyamps_delay_table = {
    sizeof(amps_delay_strategy_vt_t), kFamily, kRetain, kRelease, Entry<&part_wait_duration>::call,
    Entry<&part_reset>::call,
};

const amps_failed_resubscribe_vt_t pyamps_resubscribe_table = {
    sizeof(amps_failed_resubscribe_vt_t), kFamily, kRetain, kRelease, Entry<&part_resubscribe_failure>::call,
};

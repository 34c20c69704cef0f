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
amps_result part_log(void* self, amps_message_ref_t* message, uint64_t* sequence);
amps_result part_discard(void* self, amps_message_ref_t* message);
amps_result part_discard_sequence(void* self, amps_span_t sub_id, uint64_t sequence);
amps_result part_most_recent(void* self, amps_span_t sub_id, amps_span_t* bookmark);
amps_result part_is_discarded(void* self, amps_message_ref_t* message, int32_t* discarded);
amps_result part_purge(void* self, amps_span_t sub_id);
amps_result part_oldest_sequence(void* self, amps_span_t sub_id, uint64_t* sequence);
amps_result part_persisted(void* self, amps_span_t sub_id, amps_span_t bookmark);
amps_result part_set_server_version(void* self, uint64_t version);
amps_result part_store(void* self, amps_message_ref_t* message, uint64_t* sequence);
amps_result part_discard_up_to(void* self, uint64_t sequence);
amps_result part_replay(void* self, amps_store_replay_fn replay, void* userdata);
amps_result part_replay_single(void* self, amps_store_replay_fn replay, void* userdata, uint64_t sequence);
amps_result part_unpersisted_count(void* self, uint64_t* count);
amps_result part_flush(void* self, uint32_t timeout_ms);
amps_result part_lowest_unpersisted(void* self, uint64_t* sequence);
amps_result part_last_persisted(void* self, uint64_t* sequence);
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

const amps_bookmark_store_vt_t pyamps_bookmark_table = {
    sizeof(amps_bookmark_store_vt_t),
    kFamily,
    kRetain,
    kRelease,
    Entry<&part_log>::call,
    Entry<&part_discard>::call,
    Entry<&part_discard_sequence>::call,
    Entry<&part_most_recent>::call,
    Entry<&part_is_discarded>::call,
    Entry<&part_purge>::call,
    Entry<&part_oldest_sequence>::call,
    Entry<&part_persisted>::call,
    Entry<&part_set_server_version>::call,
};

const amps_publish_store_vt_t pyamps_publish_table = {
    sizeof(amps_publish_store_vt_t),
    kFamily,
    kRetain,
    kRelease,
    Entry<&part_store>::call,
    Entry<&part_discard_up_to>::call,
    Entry<&part_replay>::call,
    Entry<&part_replay_single>::call,
    Entry<&part_unpersisted_count>::call,
    Entry<&part_flush>::call,
    Entry<&part_lowest_unpersisted>::call,
    Entry<&part_last_persisted>::call,
};

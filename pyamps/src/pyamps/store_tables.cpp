// SPDX-License-Identifier: Apache-2.0
#include "store_tables.h"

#include "gil_entry.hpp"

// Written in _store_parts.pyx; each needs the GIL.
extern "C" {
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

// A Part is a Python object.
void retain_object(void* self) {
  Py_INCREF(static_cast<PyObject*>(self));
}
void release_object(void* self) {
  Py_DECREF(static_cast<PyObject*>(self));
}
constexpr auto kRetain = Entry<&retain_object>::call;
constexpr auto kRelease = Entry<&release_object>::call;

}  // namespace

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
    nullptr,  // The documented methods know no begin.
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
    nullptr,  // Nor resume_after.
};

// SPDX-License-Identifier: Apache-2.0
#include "broker/state_recovery.h"

#include "base/decimal.h"
#include "broker/log_line.h"

namespace amps::broker {

Status StateRecovery::take(const JournalRecord& record) {
  if (record.kind == RecordKind::kQueue) return {};
  TopicSpace* const space = spaces_.find(record.message_type);
  if (space == nullptr) return {};  // No longer served.
  MutexLock lock(space->mutex());
  Topic* const topic = space->find(record.topic);
  if (topic == nullptr || topic->store == nullptr) return {};
  Change change;
  change.topic = topic;
  change.timestamp_us = record.timestamp_us;
  change.txid = record.txid;
  change.bookmark = record.bookmark;
  if (record.kind == RecordKind::kDelete) {
    change.kind = ChangeKind::kDelete;
    std::string_view keys = record.body;
    while (take_key(&keys, &change.key)) AMPS_RETURN_IF_ERROR(topic->store->recover(change, {}));
    return {};
  }
  change.kind = ChangeKind::kUpdate;
  change.key = record.key;
  change.current = record.body;
  change.correlation_id = record.correlation_id;
  const DecimalText expiration(record.expiration_s.value_or(0));
  const Status status =
      topic->store->recover(change, record.expiration_s ? expiration.view() : std::string_view());
  if (!status.ok()) note_refusal(record, status);
  return {};
}

// A topic may have become one with state, or with other keys, since: that is no reason not to start.
void StateRecovery::note_refusal(const JournalRecord& record, const Status& status) {
  if (++refused_count_ > 1) return;
  first_refusal_ = "transaction " + std::to_string(record.txid) + ", topic " + std::string(record.topic) +
                   ": " + status.text();
}

Status StateRecovery::finish(std::uint64_t last_txid) {
  for (const auto& space : spaces_.all()) {
    MutexLock lock(space->mutex());
    for (Topic* topic : space->declared_topics()) {
      AMPS_RETURN_IF_ERROR(topic->store->end_recovery(last_txid));
    }
  }
  if (refused_count_ == 0) return {};
  LogLine(log_, AMPS_LOG_WARNING, LogId::kRecordsRefused)
      << refused_count_
      << " messages of the transaction log are no records of their topics as "
         "these are configured now; the first: "
      << first_refusal_;
  return {};
}

}  // namespace amps::broker

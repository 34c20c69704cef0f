// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_recovery.h"

#include <algorithm>
#include <utility>

#include "wire/bookmark.h"

namespace amps::broker {

std::string recovery_point_text(const QueueConfiguration& configuration) {
  switch (configuration.recovery) {
    case QueueConfiguration::Recovery::kNow:
      return "now";
    case QueueConfiguration::Recovery::kPosition:
      return configuration.recovery_position;
    case QueueConfiguration::Recovery::kEpoch:
      break;
  }
  return "epoch";
}

QueueRecovery::QueueRecovery(const QueueConfiguration& configuration)
    : configuration_(configuration),
      recovery_point_(recovery_point_text(configuration)),
      early_(configuration.rules.deferred_ack_us, configuration.rules.deferred_acks_max) {
  if (configuration.recovery != QueueConfiguration::Recovery::kPosition) return;
  const wire::Bookmark bookmark = wire::parse_bookmark(configuration.recovery_position);
  if (bookmark.kind == wire::BookmarkKind::kMessage) from_bookmark_ = {bookmark.publisher, bookmark.sequence};
  if (bookmark.kind == wire::BookmarkKind::kTimestamp) from_time_us_ = bookmark.utc_us;
}

void QueueRecovery::on_message(const JournalRecord& record) {
  const bool is_before = from_time_us_ && record.timestamp_us <= *from_time_us_;
  if (is_before || (from_bookmark_ && record.bookmark == *from_bookmark_)) {
    begin_txid_ = record.txid;
    return forget_until(record.txid);
  }
  if (record.txid <= begin_txid_ || early_.take(record.bookmark)) return;
  numbers_.emplace(record.bookmark, first_number_ + found_.size());
  found_.push_back({record.bookmark, record.txid, false});
}

void QueueRecovery::on_note(const QueueNote& note, std::uint64_t timestamp_us) {
  if (note.beginning) {
    noted_point_ = note.beginning->recovery_point;
    if (*noted_point_ == recovery_point_) {
      begin_txid_ = std::max(begin_txid_, note.beginning->after_txid);
      forget_until(begin_txid_);
    }
  }
  for (const BookmarkId& id : note.settled) settle(id, timestamp_us);
  trim();
}

void QueueRecovery::settle(const BookmarkId& id, std::uint64_t timestamp_us) {
  const auto number = numbers_.find(id);
  if (number == numbers_.end()) return early_.add(id, timestamp_us);
  found_[number->second - first_number_].settled = true;
}

void QueueRecovery::forget_until(std::uint64_t txid) {
  while (!found_.empty() && found_.front().txid <= txid) found_.front().settled = true, trim();
}

void QueueRecovery::trim() {
  for (; !found_.empty() && found_.front().settled; ++first_number_) {
    numbers_.erase(found_.front().id);
    found_.pop_front();
  }
}

QueueRecovery::Result QueueRecovery::finish(std::uint64_t last_txid, std::uint64_t last_timestamp_us) {
  Result result;
  result.recovery_point = recovery_point_;
  const bool is_known = noted_point_ == recovery_point_;
  if (configuration_.recovery == QueueConfiguration::Recovery::kNow && !is_known) {
    begin_txid_ = last_txid;
    forget_until(last_txid);
  }
  // A queue from the epoch that never was another kind of queue needs no note.
  result.must_note_beginning =
      !is_known && (noted_point_ || configuration_.recovery != QueueConfiguration::Recovery::kEpoch);
  result.begin_txid = begin_txid_;
  early_.expire(last_timestamp_us);
  result.early = early_.take_all();
  if (!found_.empty()) result.first = found_.front().id;
  for (const Found& one : found_) {
    if (one.settled) result.settled.insert(one.id);
    if (!one.settled) ++result.message_count;
  }
  return result;
}

}  // namespace amps::broker

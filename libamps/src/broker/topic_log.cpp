// SPDX-License-Identifier: Apache-2.0
#include "broker/topic_log.h"

#include "base/decimal.h"
#include "broker/journal/publishers.h"
#include "broker/topic.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kExpirationMax = UINT32_MAX;  // Seconds; more is for ever.

std::optional<std::uint32_t> expiration_of(const Publish& publish) noexcept {
  const auto seconds = parse_decimal(publish.expiration);
  if (!seconds) return {};
  return *seconds > kExpirationMax ? 0 : static_cast<std::uint32_t>(*seconds);
}

}  // namespace

void TopicLog::open(Journal* journal, std::uint64_t own_id) noexcept {
  journal_ = journal;
  own_id_ = own_id;
}

bool TopicLog::logs(std::string_view topic) const {
  return journal_ != nullptr && journal_->logs(topic, message_type_);
}

std::uint64_t TopicLog::uncounted_id(const Publisher* publisher) const noexcept {
  return publisher == nullptr ? own_id_ : publisher->uncounted_id;
}

void TopicLog::set_place(const JournalRecord& record, Change* change) const noexcept {
  change->txid = record.txid;
  change->timestamp_us = record.timestamp_us;
  change->bookmark = record.bookmark;
}

bool TopicLog::is_duplicate(const Publish& publish, std::uint64_t* txid) const {
  if (publish.counted_by == nullptr || publish.sequence > publish.counted_by->highest()) return false;
  *txid = journal_->appended_end().txid;
  return true;
}

Status TopicLog::append(const Publish& publish, Change* change) {
  JournalRecord record;
  record.message_type = message_type_;
  record.topic = change->topic->name;
  record.body = change->current;
  record.key = change->key;
  record.correlation_id = change->correlation_id;
  if (publish.publisher != nullptr) record.user = publish.publisher->user;
  record.expiration_s = expiration_of(publish);
  record.timestamp_us = change->timestamp_us;
  record.bookmark.publisher =
      publish.counted_by != nullptr ? publish.counted_by->id() : uncounted_id(publish.publisher);
  record.bookmark.sequence = publish.sequence;
  AMPS_RETURN_IF_ERROR(journal_->append(&record, publish.counted_by));
  set_place(record, change);
  return {};
}

Status TopicLog::append_removal(Change* change) {
  keys_.clear();
  append_key(&keys_, change->key);
  JournalRecord record;
  record.kind = RecordKind::kDelete;
  record.message_type = message_type_;
  record.topic = change->topic->name;
  record.body = keys_.view();
  if (change->publisher != nullptr) record.user = change->publisher->user;
  record.timestamp_us = change->timestamp_us;
  record.bookmark.publisher = uncounted_id(change->publisher);
  AMPS_RETURN_IF_ERROR(journal_->append(&record, nullptr));
  set_place(record, change);
  return {};
}

Status TopicLog::append_done(const Publish& command, std::uint64_t timestamp_us, std::uint64_t* txid) {
  if (command.counted_by == nullptr) return {};
  JournalRecord record;
  record.kind = RecordKind::kDelete;
  record.message_type = message_type_;
  record.topic = command.topic;
  if (command.publisher != nullptr) record.user = command.publisher->user;
  record.timestamp_us = timestamp_us;
  record.bookmark = {command.counted_by->id(), command.sequence};
  AMPS_RETURN_IF_ERROR(journal_->append(&record, command.counted_by));
  *txid = record.txid;
  return {};
}

}  // namespace amps::broker

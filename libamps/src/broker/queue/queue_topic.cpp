// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_topic.h"

#include <algorithm>

#include "broker/delivery_group.h"
#include "broker/queue/settlement.h"
#include "broker/sow/query.h"
#include "wire/bookmark.h"
#include "wire/timestamp.h"

namespace amps::broker {

namespace {

// Messages in memory when the configuration does not say: the rest waits in the log.
constexpr std::size_t kActiveMessagesMax = 4'000'000;
constexpr std::size_t kActiveBytesMax = std::size_t{1} << 30;
constexpr std::size_t kPublishersMax = 200'000;  // Whose sequences are kept in mind.
constexpr std::uint64_t kUnwritten = UINT64_MAX;

MessageFacts facts_of(const Record& record, std::string_view topic, std::string_view key) noexcept {
  MessageFacts facts = broker::facts_of(record, topic);
  facts.bookmark = record.key();
  facts.sow_key = key;
  return facts;
}

MessageFacts facts_of(const QueueBody& body) noexcept {
  return facts_of(*body.record, body.topic, body.key);
}

ClientId client_id(const Outbox* outbox) noexcept {
  return reinterpret_cast<std::uintptr_t>(outbox);
}

}  // namespace

QueueTopic::QueueTopic(const QueueConfiguration& configuration, const QueueParts& parts)
    : configuration_(configuration),
      parts_(parts),
      base_ms_(parts.clock->steady_ms()),
      base_us_(parts.clock->utc_us()),
      queue_(configuration.rules, static_cast<QueueOutput*>(this)) {}

std::uint64_t QueueTopic::time_us(std::uint64_t steady_ms) const noexcept {
  return steady_ms <= base_ms_ ? base_us_ : base_us_ + (steady_ms - base_ms_) * 1000;
}

std::uint64_t QueueTopic::now_ms() const {
  parts_.space->mutex().assert_held();
  return parts_.space->now_ms();
}

// Messages.

std::size_t QueueTopic::count_max() const noexcept {
  const std::uint64_t wanted = configuration_.target_depth;
  return wanted != 0 ? static_cast<std::size_t>(wanted) : kActiveMessagesMax;
}

std::size_t QueueTopic::feed(std::vector<QueueMessage>* batch, bool is_all) {
  std::size_t count = 0;
  for (; count < batch->size(); ++count) {
    if (queue_.depth() >= count_max() || body_bytes_ >= kActiveBytesMax) break;
    QueueMessage& message = (*batch)[count];
    note_fed(message.id);
    body_bytes_ += body_of(message).record->memory_bytes();
    queue_.add(std::move(message), now_us());
  }
  is_full_.store(count != batch->size(), std::memory_order_release);
  has_all_ = is_all && count == batch->size();
  finish();
  return count;
}

void QueueTopic::remember_early(const std::vector<BookmarkId>& ids) {
  for (const BookmarkId& id : ids) queue_.defer_ack(id, now_us());
}

// Sequences of a publisher grow along the log, so a lower one that is not in the queue was settled.
void QueueTopic::note_fed(const BookmarkId& id) {
  if (highest_fed_.size() >= kPublishersMax)
    highest_fed_.clear();  // Then more acks are remembered than need be.
  std::uint64_t& highest = highest_fed_[id.publisher];
  highest = std::max(highest, id.sequence);
}

bool QueueTopic::was_settled(const BookmarkId& id) const {
  const auto highest = highest_fed_.find(id.publisher);
  return has_all_ && highest != highest_fed_.end() && id.sequence <= highest->second;
}

std::vector<RecordRef> QueueTopic::browse() const {
  std::vector<RecordRef> records;
  records.reserve(queue_.waiting_count());
  queue_.for_each_waiting([&](const QueueMessage& message) {
    records.push_back(body_of(message).record);
    return true;
  });
  return records;
}

std::vector<RecordRef> QueueTopic::browse(const std::vector<std::string>& keys) const {
  std::vector<RecordRef> records;
  for (const std::string& key : keys) {
    const wire::Bookmark bookmark = wire::parse_bookmark(key);
    const QueueMessage* const message = queue_.find({bookmark.publisher, bookmark.sequence});
    if (message != nullptr && queue_.is_waiting(*message)) records.push_back(body_of(*message).record);
  }
  return records;
}

void QueueTopic::describe(TopicFacts* out) const {
  const QueueCounts& counts = queue_.counts();
  out->counts = {{"added", counts.added},
                 {"delivered", counts.delivered},
                 {"redelivered", counts.redelivered},
                 {"acknowledged", counts.acknowledged},
                 {"cancelled", counts.cancelled},
                 {"expired", counts.expired},
                 {"expired_leases", counts.expired_leases}};
  const auto age_s = [](std::uint64_t now_us, std::uint64_t then_us) {
    return (now_us - std::min(now_us, then_us)) / 1'000'000;
  };
  const QueueMessage* const oldest = queue_.oldest();
  const std::uint64_t behind_s =
      oldest == nullptr ? 0 : age_s(parts_.clock->utc_us(), body_of(*oldest).record->timestamp_us());
  const std::uint64_t lease_end_us = queue_.first_lease_end_us();
  const std::uint64_t lease_s =
      lease_end_us == kNeverUs ? 0 : age_s(now_us() + configuration_.rules.lease_us, lease_end_us);
  out->measures = {{"queue_depth", queue_.depth()},
                   {"backlog", queue_.leased_count()},
                   {"waiting", queue_.waiting_count()},
                   {"max_backlog", configuration_.rules.backlog_max},
                   {"seconds_behind", behind_s},
                   {"age_of_oldest_lease", lease_s},
                   {"consumers", queue_.consumer_count()},
                   {"deferred_ack_count", queue_.deferred_ack_count()},
                   {"target_queue_depth", configuration_.target_depth}};
}

// Time and the log.

std::uint64_t QueueTopic::run_due(std::uint64_t) {
  finish();
  const std::uint64_t due_us = queue_.next_due_us();
  if (due_us == kNeverUs) return UINT64_MAX;
  return due_us <= base_us_ ? base_ms_ : base_ms_ + (due_us - base_us_ + 999) / 1000;
}

void QueueTopic::on_durable() {
  const std::uint64_t durable = parts_.journal->durable_txid();
  while (!unsent_.empty() && unsent_.front().txid <= durable) {
    const Unsent& next = unsent_.front();
    if (const auto member = members_.find(next.consumer); member != members_.end()) {
      member->second.subscription->outbox->append(next.frame, now_ms(), 1);
    }
    unsent_.pop_front();
  }
  finish();  // What the log could not take before, it may take now.
}

void QueueTopic::finish() {
  parts_.space->mutex().assert_held();
  queue_.settle(now_us());
  if (!shared_.empty()) tell_siblings();
  write_settled();
  if (dead_.size() > std::exchange(dead_told_, dead_.size())) wake_();
  const std::uint64_t due_us = queue_.next_due_us();
  if (due_us != kNeverUs)
    parts_.space->wake_at(base_ms_ + (std::max(due_us, base_us_) - base_us_ + 999) / 1000);
  // A quarter, because reading the log for one message at a time would cost more than the messages.
  if (!wants_more() && queue_.depth() <= count_max() / 4 * 3 && body_bytes_ <= kActiveBytesMax / 4 * 3) {
    is_full_.store(false, std::memory_order_release);
    wake_();
  }
}

// A subscription to several queues has one backlog. Each queue knows what it holds in the others, and
// looks again when that has become less.
void QueueTopic::tell_siblings() {
  for (const ConsumerId id : shared_) {
    Member& member = members_.at(id);
    const std::uint32_t held = queue_.outstanding_of(id);
    const std::uint32_t told = std::exchange(member.told, held);
    if (held == told) continue;
    for (QueueTopic* sibling : member.subscription->queues) {
      if (sibling == this) continue;
      sibling->learn_elsewhere(member.subscription);
      if (held < told) sibling->finish();
    }
  }
}

void QueueTopic::learn_elsewhere(const Subscription* subscription) {
  std::uint64_t elsewhere = 0;
  for (const QueueTopic* sibling : subscription->queues) {
    const auto found = sibling->consumers_.find(subscription);
    if (sibling == this || found == sibling->consumers_.end()) continue;
    elsewhere += sibling->queue_.outstanding_of(found->second);
  }
  const auto self = consumers_.find(subscription);
  if (self == consumers_.end()) return;
  queue_.set_elsewhere(self->second,
                       static_cast<std::uint32_t>(std::min<std::uint64_t>(elsewhere, UINT32_MAX)));
}

// When the log cannot take them, they stay for the next time; at worst messages are delivered again
// after a restart.
void QueueTopic::write_settled() {
  std::size_t written = 0;
  std::uint64_t txid = 0;
  while (written < settled_.size()) {
    scratch_.clear();
    const std::size_t count = encode_settled(settled_, written, &scratch_);
    JournalRecord record;
    record.kind = RecordKind::kQueue;
    record.topic = configuration_.name;
    record.message_type = configuration_.message_type;
    record.body = scratch_.view();
    if (!parts_.journal->append(&record, nullptr).ok()) break;  // The log has said why.
    written += count;
    txid = record.txid;
  }
  settled_.erase(settled_.begin(), settled_.begin() + static_cast<std::ptrdiff_t>(written));
  if (!settled_.empty()) return;
  for (auto unsent = unsent_.rbegin(); unsent != unsent_.rend() && unsent->txid == kUnwritten; ++unsent) {
    unsent->txid = txid;
  }
}

std::uint64_t QueueTopic::oldest_needed_txid() const {
  const QueueMessage* const oldest = queue_.oldest();
  std::uint64_t txid = oldest == nullptr ? UINT64_MAX : oldest->position;
  for (const DeadLetter& letter : dead_) txid = std::min(txid, letter.record->txid());
  return txid;
}

// Consumers.

std::uint64_t QueueTopic::granted_backlog(std::uint64_t wanted) const noexcept {
  return std::min(wanted, configuration_.rules.subscription_backlog_max);
}

FilterId QueueTopic::use_filter(const Subscription* subscription) {
  if (subscription->filter == nullptr) return kNoFilter;
  const auto [found, is_new] = filter_ids_.try_emplace(subscription->effective_text, next_filter_);
  if (is_new) ++next_filter_;
  filters_[found->second].push_back(subscription);
  return found->second;
}

void QueueTopic::release_filter(FilterId filter, const Subscription* subscription) {
  if (filter == kNoFilter) return;
  std::vector<const Subscription*>& users = filters_.at(filter);
  users.erase(std::find(users.begin(), users.end(), subscription));
  if (!users.empty()) return;
  filter_ids_.erase(subscription->effective_text);
  filters_.erase(filter);
}

void QueueTopic::subscribe(const Subscription* subscription) {
  Member member{subscription, delivery_prefix(configuration_.name, subscription->id),
                use_filter(subscription)};
  const ConsumerId id =
      queue_.subscribe(client_id(subscription->outbox), member.filter, subscription->backlog_max, now_us());
  members_.emplace(id, std::move(member));
  consumers_.emplace(subscription, id);
  share(id);
  finish();
}

void QueueTopic::share(ConsumerId id) {
  const Subscription* const subscription = members_.at(id).subscription;
  if (subscription->queues.size() < 2) {
    shared_.erase(id);
    return queue_.set_elsewhere(id, 0);
  }
  shared_.insert(id);
  learn_elsewhere(subscription);
}

void QueueTopic::rename(const Subscription* old, const Subscription* replacement) {
  const ConsumerId id = consumers_.at(old);
  consumers_.erase(old);
  consumers_.emplace(replacement, id);
}

void QueueTopic::replace(const Subscription* old, const Subscription* replacement) {
  const ConsumerId id = consumers_.at(replacement);
  Member& member = members_.at(id);
  const FilterId filter = use_filter(replacement);
  queue_.replace(id, filter, replacement->backlog_max, now_us());
  release_filter(member.filter, old);
  member.subscription = replacement;
  member.filter = filter;
  share(id);
  finish();
}

void QueueTopic::unsubscribe(const Subscription* subscription) {
  const auto found = consumers_.find(subscription);
  const ConsumerId id = found->second;
  consumers_.erase(found);
  queue_.unsubscribe(id, now_us());
  release_filter(members_.at(id).filter, subscription);
  members_.erase(id);
  shared_.erase(id);
  finish();
}

// Acknowledgements.

bool QueueTopic::may_read(const Filter* readable, const QueueMessage* message) const {
  if (readable == nullptr) return true;
  if (message == nullptr) return false;  // Nor is an ack kept for what might not be read.
  const QueueBody& body = body_of(*message);
  return readable->matches(facts_of(body), body.record->body());
}

QueueTopic::AckCounts QueueTopic::acknowledge(const std::vector<BookmarkId>& ids, AckKind kind,
                                              const Outbox* client, const Filter* readable) {
  AckCounts counts;
  for (const BookmarkId& id : ids) {
    if (readable != nullptr && !may_read(readable, queue_.find(id))) continue;
    const AckOutcome outcome = queue_.acknowledge(id, kind, client_id(client), now_us());
    if (outcome != AckOutcome::kUnknown) ++counts.examined;
    if (outcome == AckOutcome::kDone) ++counts.settled;
    if (outcome == AckOutcome::kUnknown && kind == AckKind::kAcknowledge && !was_settled(id)) {
      queue_.defer_ack(id, now_us());
      settled_.push_back(id);  // So that it survives a restart.
    }
  }
  finish();
  return counts;
}

MessageFacts QueueTopic::Sighting::facts() const noexcept {
  return facts_of(*record, topic, key);
}

void QueueTopic::look(QueueWalk* walk, std::size_t count, std::vector<Sighting>* out) const {
  out->clear();
  while (out->size() < count) {
    const QueueMessage* const message = walk->next();
    if (message == nullptr) return;
    const QueueBody& body = body_of(*message);
    out->push_back({message->id, body.record, body.topic, body.key});
  }
}

std::uint64_t QueueTopic::acknowledge_seen(const std::vector<BookmarkId>& ids, const Outbox* client) {
  std::uint64_t settled = 0;
  for (const BookmarkId& id : ids) {
    const AckOutcome outcome = queue_.acknowledge(id, AckKind::kAcknowledge, client_id(client), now_us());
    if (outcome == AckOutcome::kDone) ++settled;
  }
  finish();
  return settled;
}

// What the queue says.

bool QueueTopic::matches(FilterId filter, const QueueMessage& message) {
  const QueueBody& body = body_of(message);
  return filters_.at(filter).front()->filter->matches(facts_of(body), body.record->body());
}

void QueueTopic::deliver(ConsumerId consumer, const QueueMessage& message) {
  const Member& member = members_.at(consumer);
  scratch_.clear();
  encode(member, message);
  if (configuration_.rules.semantics == QueueSemantics::kAtMostOnce) {
    unsent_.push_back({consumer, kUnwritten, std::string(scratch_.view())});
  } else {
    member.subscription->outbox->append(scratch_.view(), now_ms(), 1);
  }
  parts_.space->mutex().assert_held();
  parts_.space->count_delivery(scratch_.size());
}

void QueueTopic::encode(const Member& member, const QueueMessage& message) {
  const QueueBody& body = body_of(message);
  const DeliveryFields& fields = member.subscription->fields;
  char timestamp[wire::kTimestampBytes];
  char lease_end[wire::kTimestampBytes];
  Delivery delivery;
  if (fields.key) delivery.key = body.key;
  delivery.bookmark = body.record->key();
  if (fields.timestamp) {
    wire::format_timestamp(timestamp, body.record->timestamp_us());
    delivery.timestamp = {timestamp, sizeof timestamp};
  }
  if (message.lease_end_us != kNeverUs) {
    parts_.space->mutex().assert_held();
    // The clock may have been set since the queue was made.
    const std::uint64_t remaining_us = message.lease_end_us - now_us();
    wire::format_timestamp(lease_end, parts_.space->now_us() + remaining_us);
    delivery.lease_end = {lease_end, sizeof lease_end};
  }
  delivery.correlation_id = body.record->correlation_id();
  delivery.user = body.user;
  delivery.body = body.record->body();
  append_delivery(&scratch_, member.prefix, delivery);
}

void QueueTopic::remove(const QueueMessage& message, Removal why) {
  const QueueBody& body = body_of(message);
  body_bytes_ -= body.record->memory_bytes();
  if (parts_.dead_letters != nullptr && parts_.dead_letters->wants(why)) {
    dead_.push_back({message.id, why, body.record, body.topic, body.key});
  } else {
    settled_.push_back(message.id);
  }
}

void QueueTopic::bury(std::size_t count) {
  const auto end = dead_.begin() + static_cast<std::ptrdiff_t>(count);
  for (auto letter = dead_.begin(); letter != end; ++letter) settled_.push_back(letter->id);
  dead_.erase(dead_.begin(), end);
  dead_told_ = dead_.size();
  write_settled();
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/conflation.h"

#include <algorithm>
#include <utility>

#include "broker/format/merge.h"
#include "broker/subscription.h"
#include "broker/topic_space.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kEntryBytes = 400;            // Of tables and strings, about.
constexpr std::size_t kDeliveredKeysMax = 1'000'000;  // Beyond, a record counts as delivered.

}  // namespace

Conflation::Conflation(TopicSpace* space, const Subscription* subscription, Rules rules)
    : space_(*space), subscription_(*subscription), rules_(std::move(rules)) {}

Conflation::~Conflation() = default;

std::uint64_t Conflation::Held::bytes() const noexcept {
  return kEntryBytes + topic.size() + record.size() + bookmark.size() + correlation_id.size() + body.size() +
         delivered.size();
}

bool Conflation::find_key(const Topic& topic, const Change& change, std::string* key) {
  if (rules_.key.has_fields() && !subscription_.out_of_focus) {
    if (!rules_.key.read(change.current, key).ok()) return false;
  } else if (change.key.empty()) {
    return false;
  } else {
    key->assign(change.key);
  }
  if (subscription_.pattern != nullptr) key->append(1, '\0').append(topic.name);
  return true;
}

bool Conflation::holds_whole(const std::string& key) const {
  const auto found = held_.find(key);
  return found != held_.end() && found->second.outcome != Outcome::kDelta;
}

std::uint64_t Conflation::interval_ms() const {
  space_.mutex().assert_held();
  if (!rules_.is_automatic) return rules_.interval_ms;
  const std::uint64_t oldest_ms = subscription_.outbox->oldest_ms();
  if (oldest_ms >= space_.now_ms()) return 0;
  return std::min(space_.now_ms() - oldest_ms, rules_.interval_ms);
}

bool Conflation::was_delivered(const std::string& key, const Change& change, bool before) const {
  const bool matched = subscription_.out_of_focus && before && change.kind != ChangeKind::kInsert;
  const bool is_known =
      rules_.knows_all || delivered_.count(key) != 0 || delivered_.size() >= kDeliveredKeysMax;
  return matched && is_known;
}

void Conflation::begin(Held* held, const std::string& key, const Change& change, bool before,
                       const Delivery& delivery) {
  space_.mutex().assert_held();
  held->order = next_order_++;
  held->topic = change.topic->name;
  held->timestamp = delivery.timestamp;
  held->bookmark = delivery.bookmark;
  held->was_delivered = was_delivered(key, change, before);
  if (!held->was_delivered) return;
  held->delivered = change.previous;
  if (subscription_.select == nullptr) return;
  Buffer selected;
  subscription_.select->select(change.previous, &space_.conflations().documents.whole, &selected);
  held->delivered = selected.view();
}

bool Conflation::hold(const std::string& key, const Change& change, bool before, const Delivery& delivery,
                      Outcome outcome) {
  space_.mutex().assert_held();
  auto found = held_.find(key);
  if (found == held_.end()) {
    const std::uint64_t interval = interval_ms();
    if (interval == 0) return false;
    found = held_.try_emplace(key).first;
    begin(&found->second, key, change, before, delivery);
    const std::uint64_t due_ms = space_.now_ms() + interval;
    if (space_.conflations().add(due_ms, {this, &found->first}, &found->second.place)) space_.wake_at(due_ms);
  } else {
    held_bytes_ -= found->second.bytes();
  }
  fold(&found->second, delivery, outcome);
  held_bytes_ += found->second.bytes();
  if (held_bytes_ + subscription_.outbox->waiting_bytes() > subscription_.outbox->bytes_max()) release();
  return true;
}

void Conflation::fold(Held* held, const Delivery& delivery, Outcome outcome) {
  if (outcome == Outcome::kDelta && held->outcome == Outcome::kDelta && held->record == delivery.key) {
    append_delta(held, delivery.body);
  } else {
    held->body = delivery.body;
  }
  held->outcome = outcome;
  held->record = delivery.key;
  held->correlation_id = delivery.correlation_id;
  held->expiration = delivery.expiration;
  held->reason = delivery.reason;
}

void Conflation::append_delta(Held* held, std::string_view delta) {
  space_.mutex().assert_held();
  const MessageFormat& format = *space_.format();
  auto& [whole, part] = space_.conflations().documents;
  Buffer text;
  bool is_merged = format.parse(held->body, &whole).ok() && format.parse(delta, &part).ok();
  if (is_merged) {
    overlay(part, &whole);
    is_merged = format.write(whole, &text).ok();
  }
  held->body = is_merged ? text.view() : delta;
}

void Conflation::note_sent(const std::string& key, Outcome outcome) {
  if (!subscription_.out_of_focus || rules_.knows_all) return;
  if (outcome == Outcome::kOutOfFocus) {
    delivered_.erase(key);
  } else if (delivered_.size() < kDeliveredKeysMax) {
    delivered_.insert(key);
  }
}

void Conflation::send(std::string_view key) {
  space_.mutex().assert_held();
  const auto found = held_.find(std::string(key));
  if (found == held_.end()) return;
  space_.conflations().remove(found->second.place);
  const Held held = std::move(found->second);
  const std::string name = found->first;
  held_.erase(found);
  held_bytes_ -= held.bytes();
  // Of a record the client never had there is nothing to forget.
  if (held.outcome != Outcome::kOutOfFocus || held.was_delivered) write(held);
  note_sent(name, held.outcome);
}

void Conflation::write(const Held& held) {
  space_.mutex().assert_held();
  const bool leaves = held.outcome == Outcome::kOutOfFocus;
  Delivery delivery;
  if (leaves || subscription_.fields.key) delivery.key = held.record;
  delivery.timestamp = held.timestamp;
  if (!leaves) delivery.bookmark = held.bookmark;
  delivery.correlation_id = held.correlation_id;
  delivery.expiration = held.expiration;
  delivery.reason = held.reason;
  delivery.body = leaves ? held.delivered : held.body;
  Buffer frame;
  append_delivery(&frame, Address{held.topic, subscription_.id, leaves ? "oof" : "p"}, delivery);
  subscription_.outbox->append(frame.view(), space_.now_ms(), 1);
  space_.count_delivery(frame.size());
}

void Conflation::release() {
  std::vector<std::pair<std::uint64_t, std::string>> keys;
  for (const auto& [key, held] : held_) keys.emplace_back(held.order, key);
  std::sort(keys.begin(), keys.end());
  for (const auto& [order, key] : keys) send(key);
}

void Conflation::drop() {
  space_.mutex().assert_held();
  for (const auto& entry : held_) space_.conflations().remove(entry.second.place);
  held_.clear();
  held_bytes_ = 0;
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/cursor.h"

#include <algorithm>
#include <utility>

#include "amps/amps_message.h"
#include "broker/ack.h"
#include "broker/delivery_group.h"

namespace amps::broker {
namespace {

constexpr std::size_t kStepBytes = 65'536;  // Encoded at a time: one write's worth.
constexpr int kStepRecords = 4'096;         // Looked at at a time, so that other clients get their turn.
constexpr std::uint64_t kPersistedIntervalMs = 1'000;
// A message gets the time at which its block began to be processed; after this it cannot be older any more.
constexpr std::uint64_t kTimestampLagMs = 1'000;

// Of a log without messages: its beginning.
constexpr std::string_view kEpoch = "0";

}  // namespace

Cursor::Cursor(Journal* journal, const Clock& clock, std::string_view message_type, const ReplayPlan& plan)
    : journal_(journal),
      clock_(clock),
      message_type_(message_type),
      plan_(plan),
      reader_(journal->make_reader()) {
  reader_->seek(plan.bounds.from);
  if (plan.live) journal_->count_live_readers(1);
}

Cursor::~Cursor() {
  if (plan_.live) journal_->count_live_readers(-1);
}

// Members.

ReplayMember* Cursor::find(const Subscription* subscription) noexcept {
  const auto found = std::find_if(
      members_.begin(), members_.end(),
      [subscription](const ReplayMember& member) { return member.subscription == subscription; });
  return found == members_.end() ? nullptr : &*found;
}

void Cursor::remove(const Subscription* subscription) noexcept {
  if (const ReplayMember* const member = find(subscription)) {
    members_.erase(members_.begin() + (member - members_.data()));
  }
}

LogPosition Cursor::place() const noexcept {
  return has_record_ ? reader_->record_begin() : reader_->position();
}

std::unique_ptr<Cursor> Cursor::split(const Subscription* subscription) {
  ReplayPlan plan = plan_;
  plan.bounds.from = place();
  auto other = std::make_unique<Cursor>(journal_, clock_, message_type_, plan);
  other->state_ = state_ == State::kFinished ? state_ : State::kReady;
  other->passed_ = passed_;
  other->acknowledged_txid_ = acknowledged_txid_;
  other->next_ack_ms_ = next_ack_ms_;
  other->add(std::move(*find(subscription)));
  remove(subscription);
  return other;
}

bool Cursor::can_join(const Cursor& other) const noexcept {
  const ReplayBounds& bounds = plan_.bounds;
  return place() == other.place() && bounds.from_us == other.plan_.bounds.from_us &&
         bounds.to == other.plan_.bounds.to && bounds.to_us == other.plan_.bounds.to_us &&
         plan_.rate == other.plan_.rate && plan_.live == other.plan_.live && state_ != State::kFinished &&
         other.state_ != State::kFinished;
}

void Cursor::join(Cursor* other) {
  for (ReplayMember& member : other->members_) add(std::move(member));
  other->members_.clear();
}

// State.

void Cursor::resume() noexcept {
  if (!std::exchange(is_paused_, false)) return;
  plan_.rate.rest();
  if (state_ != State::kFinished) state_ = State::kReady;
}

void Cursor::set_pace(const Rate& rate, bool live) noexcept {
  plan_.rate = rate;
  if (plan_.live != live) journal_->count_live_readers(live ? 1 : -1);
  plan_.live = live;
  if (state_ != State::kFinished) state_ = State::kReady;
}

void Cursor::log_moved() noexcept {
  if (state_ == State::kAtEnd) state_ = State::kReady;
}

void Cursor::check_time(std::uint64_t now_ms) noexcept {
  if ((state_ == State::kAtEnd || state_ == State::kLater) && wake_ms_ <= now_ms) state_ = State::kReady;
}

std::uint64_t Cursor::wake_ms() const noexcept {
  return !is_paused_ && (state_ == State::kAtEnd || state_ == State::kLater) ? wake_ms_ : UINT64_MAX;
}

// Reading.

Status Cursor::encode_some(Buffer* out, std::uint64_t now_ms, std::uint64_t* messages) {
  const std::size_t begin = out->size();
  // In this order: what is durable is never after what is appended.
  const LogEnd durable = journal_->durable_end();
  LogPosition limit = plan_.live ? journal_->appended_end().position : durable.position;
  if (plan_.bounds.to) limit = std::min(limit, *plan_.bounds.to);
  wake_ms_ = UINT64_MAX;
  for (int count = 0; count < kStepRecords && out->size() - begin < kStepBytes; ++count) {
    if (!has_record_) {
      AMPS_RETURN_IF_ERROR(reader_->next(limit, &has_record_, &record_));
      if (!has_record_) {
        rest(limit, durable, now_ms, out);
        return {};
      }
    }
    complete(reader_->record_begin(), out);
    if (is_after_end()) {
      finish(out);
      return {};
    }
    if (!skips(record_)) {
      if (plan_.rate.is_limited() && !is_due(now_ms)) return {};
      *messages += cost_.measure([&] { return deliver(now_ms, out); });
      if (cost_.is_too_much()) return Status(AMPS_E_FILTER, "patterns of its filter take too long");
    }
    if (record_.kind == RecordKind::kPublish) passed_ = record_.bookmark;
    has_record_ = false;
  }
  return {};
}

bool Cursor::is_after_end() const noexcept {
  const bool is_late = record_.timestamp_us > plan_.bounds.to_us;
  return is_late || std::all_of(members_.begin(), members_.end(), [](const ReplayMember& member) {
           return member.messages_left && *member.messages_left == 0;
         });
}

bool Cursor::skips(const JournalRecord& record) const noexcept {
  return record.kind != RecordKind::kPublish || record.message_type != message_type_ ||
         record.timestamp_us < plan_.bounds.from_us;
}

// Everything before `passed` was gone past.
void Cursor::complete(LogPosition passed, Buffer* out) {
  if (!plan_.bounds.is_endless()) return;  // Completed at its end.
  for (ReplayMember& member : members_) {
    if (member.owes_completed && !(passed < member.end_at_start.position)) {
      complete(&member, member.end_at_start.bookmark, out);
    }
  }
}

void Cursor::complete(ReplayMember* member, const BookmarkId& bookmark, Buffer* out) {
  if (!std::exchange(member->owes_completed, false)) return;
  const BookmarkText text(bookmark);
  Ack ack;
  ack.type = AMPS_ACK_Completed;
  ack.command_id = member->command_id;
  ack.subscription_id = member->subscription->id;
  ack.bookmark = bookmark ? text.view() : kEpoch;
  append_ack(out, ack);
}

void Cursor::finish(Buffer* out) {
  for (ReplayMember& member : members_) complete(&member, passed_, out);
  has_record_ = false;
  state_ = State::kFinished;
}

// There is nothing before `limit` any more.
void Cursor::rest(LogPosition limit, const LogEnd& durable, std::uint64_t now_ms, Buffer* out) {
  complete(limit, out);
  if (plan_.bounds.to && !(limit < *plan_.bounds.to)) return finish(out);
  if (plan_.bounds.to_us != UINT64_MAX) {
    const std::uint64_t utc_ms = clock_.utc_us() / 1'000;
    const std::uint64_t over_ms = plan_.bounds.to_us / 1'000 + kTimestampLagMs;
    if (utc_ms > over_ms) return finish(out);
    wake_ms_ = now_ms + (over_ms - utc_ms) + 1;
  }
  state_ = State::kAtEnd;
  plan_.rate.rest();
  acknowledge(durable, now_ms, out);
}

void Cursor::acknowledge(const LogEnd& durable, std::uint64_t now_ms, Buffer* out) {
  if (!durable.bookmark || durable.txid == acknowledged_txid_) return;
  const bool is_wanted = std::any_of(members_.begin(), members_.end(),
                                     [](const ReplayMember& member) { return member.wants_persisted; });
  if (!is_wanted) return;
  if (now_ms < next_ack_ms_) {
    wake_ms_ = std::min(wake_ms_, next_ack_ms_);
    return;
  }
  acknowledged_txid_ = durable.txid;
  next_ack_ms_ = now_ms + kPersistedIntervalMs;
  const BookmarkText text(durable.bookmark);
  Ack ack;
  ack.type = AMPS_ACK_Persisted;
  ack.bookmark = text.view();
  for (const ReplayMember& member : members_) {
    if (!member.wants_persisted) continue;
    ack.subscription_id = member.subscription->id;
    append_ack(out, ack);
  }
}

// Delivery.

bool Cursor::is_due(std::uint64_t now_ms) {
  const bool is_wanted =
      std::any_of(members_.begin(), members_.end(), [this](ReplayMember& member) { return wants(&member); });
  const std::uint64_t due_us = is_wanted ? plan_.rate.due_us(record_.timestamp_us, now_ms * 1'000) : 0;
  if (due_us <= now_ms * 1'000) return true;
  state_ = State::kLater;
  wake_ms_ = (due_us + 999) / 1'000;
  return false;
}

std::uint64_t Cursor::deliver(std::uint64_t now_ms, Buffer* out) {
  std::uint64_t count = 0;
  for (ReplayMember& member : members_) {
    if (!wants(&member)) continue;
    send(&member, out);
    ++count;
    if (plan_.rate.is_limited()) plan_.rate.sent(record_.body.size(), record_.timestamp_us, now_ms * 1'000);
    if (!member.messages_left) continue;
    if (--*member.messages_left == 0) complete(&member, record_.bookmark, out);
  }
  return count;
}

void Cursor::set_topic(ReplayMember* member) const {
  const Subscription& subscription = *member->subscription;
  member->topic = record_.topic;
  const bool matches = subscription.pattern == nullptr
                           ? subscription.topic == record_.topic
                           : subscription.pattern->matches(record_.topic) == PatternMatch::kYes;
  member->taken_as = matches ? subscription.entitled(record_.topic) : nullptr;
  if (member->taken_as != nullptr) member->prefix = delivery_prefix(record_.topic, subscription.id);
}

bool Cursor::wants(ReplayMember* member) {
  if (member->messages_left && *member->messages_left == 0) return false;
  if (member->topic != record_.topic) set_topic(member);
  if (member->taken_as == nullptr) return false;
  const Subscription& subscription = *member->taken_as;
  if (subscription.skip_empty && record_.body.empty()) return false;
  if (subscription.filter == nullptr) return true;
  MessageFacts facts;
  facts.topic = record_.topic;
  facts.correlation_id = record_.correlation_id;
  facts.bookmark = bookmark_text_.of(record_.bookmark);
  facts.sow_key = record_.key;
  facts.size_bytes = record_.body.size();
  facts.updated_us = record_.timestamp_us;
  return subscription.filter->matches(facts, record_.body);
}

void Cursor::send(ReplayMember* member, Buffer* out) {
  const DeliveryFields& fields = member->subscription->fields;
  Delivery delivery;
  if (fields.key) delivery.key = record_.key;
  delivery.bookmark = bookmark_text_.of(record_.bookmark);
  if (fields.timestamp) delivery.timestamp = timestamp_.of(record_.timestamp_us);
  delivery.correlation_id = record_.correlation_id;
  std::string expiration;
  if (record_.expiration_s) delivery.expiration = expiration = std::to_string(*record_.expiration_s);
  delivery.body = record_.body;
  if (const auto& list = member->subscription->select) {
    list->select(record_.body, &document_, &selected_);
    delivery.body = selected_.view();
  }
  append_delivery(out, member->prefix, delivery);
}

}  // namespace amps::broker

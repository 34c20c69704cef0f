// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/replays.h"

#include <algorithm>
#include <utility>

namespace amps::broker {
namespace {

constexpr int kStepsMax = 4;  // At a stretch; then other clients have their turn.

}  // namespace

Cursor* Replays::find(const Subscription* subscription) const noexcept {
  for (const auto& cursor : cursors_) {
    if (cursor->find(subscription) != nullptr) return cursor.get();
  }
  return nullptr;
}

void Replays::add(std::string_view message_type, ReplayStart start) {
  auto cursor = std::make_unique<Cursor>(journal_, clock_, message_type, start.plan);
  cursor->add(std::move(start.member));
  if (start.is_paused) cursor->pause();
  cursors_.push_back(std::move(cursor));
  Statistics::add(statistics_.subscriptions);
}

void Replays::drop_empty() noexcept {
  cursors_.erase(std::remove_if(cursors_.begin(), cursors_.end(),
                                [](const auto& cursor) { return cursor->members().empty(); }),
                 cursors_.end());
}

void Replays::remove(const Subscription* subscription) noexcept {
  find(subscription)->remove(subscription);
  drop_empty();
  Statistics::subtract(statistics_.subscriptions);
}

void Replays::replace(const Subscription* old, ReplayStart start) {
  Cursor* const cursor = detach(old);
  cursor->set_pace(start.plan.rate, start.plan.live);
  if (start.is_paused) {
    cursor->pause();
  } else {
    cursor->resume();
  }
  ReplayMember& entry = *cursor->find(old);
  if (!start.member.owes_completed && entry.owes_completed) {
    start.member.owes_completed = true;
    start.member.command_id = entry.command_id;
    start.member.end_at_start = entry.end_at_start;
  }
  start.member.wants_persisted |= entry.wants_persisted;
  entry = std::move(start.member);
}

Cursor* Replays::detach(const Subscription* subscription) {
  Cursor* const cursor = find(subscription);
  if (cursor->members().size() == 1) return cursor;
  cursors_.push_back(cursor->split(subscription));
  return cursors_.back().get();
}

void Replays::pause(const Subscription* subscription) {
  detach(subscription)->pause();
}

void Replays::resume(const std::vector<const Subscription*>& subscriptions) {
  std::vector<Cursor*> resumed;
  for (const Subscription* subscription : subscriptions) {
    Cursor* const cursor = find(subscription);
    if (cursor->state() != Cursor::State::kPaused) continue;
    const auto same = std::find_if(resumed.begin(), resumed.end(),
                                   [cursor](const Cursor* other) { return other->can_join(*cursor); });
    if (same == resumed.end()) {
      resumed.push_back(cursor);
    } else {
      (*same)->join(cursor);
    }
  }
  for (Cursor* const cursor : resumed) cursor->resume();
  drop_empty();
}

void Replays::log_moved() noexcept {
  for (const auto& cursor : cursors_) cursor->log_moved();
}

bool Replays::check_time(std::uint64_t now_ms) noexcept {
  bool is_due = false;
  for (const auto& cursor : cursors_) {
    is_due = is_due || cursor->wake_ms() <= now_ms;
    cursor->check_time(now_ms);
  }
  return is_due;
}

std::uint64_t Replays::deadline_ms() const noexcept {
  std::uint64_t deadline = UINT64_MAX;
  for (const auto& cursor : cursors_) deadline = std::min(deadline, cursor->wake_ms());
  return deadline;
}

bool Replays::waits_for_log() const noexcept {
  return std::any_of(cursors_.begin(), cursors_.end(),
                     [](const auto& cursor) { return cursor->state() == Cursor::State::kAtEnd; });
}

Cursor* Replays::next_ready() noexcept {
  for (std::size_t count = 0; count < cursors_.size(); ++count) {
    turn_ = (turn_ + 1) % cursors_.size();
    if (cursors_[turn_]->state() == Cursor::State::kReady) return cursors_[turn_].get();
  }
  return nullptr;
}

Status Replays::fill(Outbox* outbox, std::uint64_t now_ms, bool* has_more) {
  Cursor* cursor = next_ready();
  for (int steps = 0; cursor != nullptr && steps < kStepsMax; ++steps) {
    if (!outbox->has_room()) break;
    SharedBlockRef block = SharedBlockRef::make();
    std::uint64_t messages = 0;
    AMPS_RETURN_IF_ERROR(cursor->encode_some(&block->bytes, now_ms, &messages));
    Statistics::add(statistics_.messages_out, messages);
    outbox->append_paced(std::move(block), messages);
    cursor = next_ready();
  }
  *has_more = cursor != nullptr;
  return {};
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue.h"

#include <algorithm>
#include <cassert>

namespace amps::broker {

Queue::Queue(const QueueRules& rules, QueueOutput* output)
    : rules_(rules),
      output_(*output),
      waiting_(output),
      fairness_(rules.fairness),
      deferred_(rules.deferred_ack_us, rules.deferred_acks_max) {}

// Messages.

void Queue::add(QueueMessage message, std::uint64_t now_us) {
  pass_time(now_us);
  const auto [found, is_new] = entries_.try_emplace(message.id, std::move(message));
  if (!is_new) return;  // The log has no message twice.
  QueueEntry* const entry = &found->second;
  ++counts_.added;
  ++depth_;
  by_age_.push_back(entry);
  if (entry->expires_us != kNeverUs) {
    expirations_.emplace(std::make_pair(entry->expires_us, entry->position), entry);
  }
  if (entry->is_barrier) {
    barriers_.push_back(entry);
    if (barriers_.front() == entry) waiting_.set_limit(entry->position);
  } else {
    waiting_.add(entry);
  }
  if (entry->expires_us <= now_us_) {
    remove(entry, Removal::kTimeLimit);
  } else if (deferred_.take(entry->id)) {
    ++counts_.acknowledged;
    remove(entry, Removal::kAcknowledged);
  }
}

const QueueMessage* Queue::find(const BookmarkId& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() || found->second.state == EntryState::kDelivered ? nullptr : &found->second;
}

void Queue::remove(QueueEntry* entry, Removal why) {
  if (entry->state == EntryState::kLeased) {
    release(entry);
  } else if (!entry->is_barrier) {
    waiting_.remove(*entry);
  }
  leave_queue(entry);
  if (why >= Removal::kTimeLimit) ++counts_.expired;
  output_.remove(*entry, why);
  entries_.erase(entries_.find(entry->id));
}

void Queue::leave_queue(QueueEntry* entry) {
  --depth_;
  for (QueueWalk* walk : walks_) walk->pass_over(entry);
  by_age_.erase(entry);
  if (entry->expires_us != kNeverUs) expirations_.erase({entry->expires_us, entry->position});
  if (!entry->is_barrier) return;
  barriers_.erase(entry);
  waiting_.set_limit(barriers_.front() == nullptr ? UINT64_MAX : barriers_.front()->position);
}

void Queue::make_waiting(QueueEntry* entry) {
  entry->state = EntryState::kWaiting;
  entry->lease_end_us = kNeverUs;
  waiting_.add(entry);
}

void Queue::hold(QueueEntry* entry, Consumer* consumer) {
  waiting_.remove(*entry);
  entry->holder = consumer;
  consumer->held.push_back(entry);
  ++consumer->outstanding;
  ++outstanding_;
  update_room(consumer);
}

void Queue::release(QueueEntry* entry) {
  Consumer* const consumer = entry->holder;
  entry->holder = nullptr;
  consumer->held.erase(entry);
  leases_.erase(entry);
  if (entry->state == EntryState::kLeased) --leased_;
  --consumer->outstanding;
  --outstanding_;
  update_room(consumer);
}

void Queue::give_back(QueueEntry* entry) {
  if (rules_.deliveries_max != 0 && entry->deliveries >= rules_.deliveries_max) {
    return remove(entry, Removal::kMaxDeliveries);
  }
  release(entry);
  make_waiting(entry);
}

// Consumers.

std::uint32_t Queue::granted(std::uint64_t backlog) const noexcept {
  const std::uint64_t most = std::min<std::uint64_t>(rules_.subscription_backlog_max, UINT32_MAX);
  return static_cast<std::uint32_t>(std::min(backlog, most));
}

ConsumerId Queue::subscribe(ClientId client, FilterId filter, std::uint64_t backlog, std::uint64_t now_us) {
  pass_time(now_us);
  const ConsumerId id = next_consumer_++;
  Consumer& consumer = consumers_[id];
  consumer.id = id;
  consumer.client = client;
  consumer.backlog = granted(backlog);
  join(&consumer, filter);
  return id;
}

void Queue::replace(ConsumerId id, FilterId filter, std::uint64_t backlog, std::uint64_t now_us) {
  pass_time(now_us);
  Consumer& consumer = consumers_.at(id);
  part(&consumer);
  consumer.backlog = granted(backlog);
  join(&consumer, filter);
}

void Queue::unsubscribe(ConsumerId id, std::uint64_t now_us) {
  pass_time(now_us);
  Consumer& consumer = consumers_.at(id);
  consumer.backlog = 0;
  while (QueueEntry* entry = consumer.held.front()) {
    if (entry->state == EntryState::kLeased) {
      give_back(entry);
    } else {
      release(entry);
      entries_.erase(entries_.find(entry->id));
    }
  }
  part(&consumer);
  consumers_.erase(id);
}

void Queue::set_elsewhere(ConsumerId id, std::uint32_t outstanding) {
  Consumer& consumer = consumers_.at(id);
  consumer.elsewhere = outstanding;
  update_room(&consumer);
}

void Queue::join(Consumer* consumer, FilterId filter) {
  consumer->interest = waiting_.open(filter, fairness_.order());
  ++consumer->interest->members;
  update_room(consumer);
}

void Queue::part(Consumer* consumer) {
  Interest* const interest = std::exchange(consumer->interest, nullptr);
  if (std::exchange(consumer->has_room, false)) interest->with_room.erase(consumer->load);
  if (--interest->members == 0) return waiting_.close(interest);
  waiting_.set_hungry(interest, !interest->with_room.empty());
}

void Queue::update_room(Consumer* consumer) {
  Interest* const interest = consumer->interest;
  const std::uint64_t used = std::uint64_t{consumer->outstanding} + consumer->elsewhere;
  if (consumer->has_room) interest->with_room.erase(consumer->load);
  consumer->has_room = used < consumer->backlog;
  if (consumer->has_room) {
    consumer->load = {static_cast<std::uint32_t>(used), consumer->backlog, consumer->id};
    interest->with_room.emplace(consumer->load, consumer);
  }
  waiting_.set_hungry(interest, !interest->with_room.empty());
}

// Acknowledgements.

bool Queue::may_settle(const QueueEntry& entry, ClientId client) const noexcept {
  if (rules_.leasing == Leasing::kSublet || client == kAnyClient) return true;
  return entry.holder == nullptr || entry.holder->client == client;
}

AckOutcome Queue::acknowledge(const BookmarkId& id, AckKind kind, ClientId client, std::uint64_t now_us) {
  pass_time(now_us);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return AckOutcome::kUnknown;
  QueueEntry* const entry = &found->second;
  if (!may_settle(*entry, client)) return AckOutcome::kHeldByOther;
  if (entry->state == EntryState::kDelivered) {
    // Nothing is left to return or to expire; all kinds make room for the next message.
    ++counts_.acknowledged;
    release(entry);
    entries_.erase(found);
    return AckOutcome::kDone;
  }
  switch (kind) {
    case AckKind::kCancel:
      return cancel(entry);
    case AckKind::kExpire:
      remove(entry, Removal::kForcedExpire);
      return AckOutcome::kDone;
    case AckKind::kAcknowledge:
      break;
  }
  ++counts_.acknowledged;
  remove(entry, Removal::kAcknowledged);
  return AckOutcome::kDone;
}

AckOutcome Queue::cancel(QueueEntry* entry) {
  if (entry->state != EntryState::kLeased) return AckOutcome::kNotLeased;
  ++counts_.cancelled;
  ++entry->cancels;
  if (rules_.cancels_max != 0 && entry->cancels >= rules_.cancels_max) {
    remove(entry, Removal::kMaxCancels);
  } else {
    give_back(entry);
  }
  return AckOutcome::kDone;
}

void Queue::defer_ack(const BookmarkId& id, std::uint64_t now_us) {
  pass_time(now_us);
  deferred_.add(id, now_us_);
}

// Time and delivery.

void Queue::pass_time(std::uint64_t now_us) {
  now_us_ = std::max(now_us_, now_us);
  while (!expirations_.empty() && expirations_.begin()->first.first <= now_us_) {
    remove(expirations_.begin()->second, Removal::kTimeLimit);
  }
  while (first_lease_end_us() <= now_us_) {
    ++counts_.expired_leases;
    give_back(leases_.front());
  }
  deferred_.expire(now_us_);
}

std::uint64_t Queue::next_due_us() const {
  std::uint64_t due = deferred_.next_due_us();
  if (!expirations_.empty()) due = std::min(due, expirations_.begin()->first.first);
  return std::min(due, first_lease_end_us());
}

void Queue::settle(std::uint64_t now_us) {
  pass_time(now_us);
  for (;;) {
    if (deliver_barrier()) continue;
    QueueEntry* const entry = outstanding_ < rules_.backlog_max ? waiting_.first() : nullptr;
    if (entry == nullptr) return;
    deliver_first(entry);
  }
}

// While nobody subscribes, a barrier stops nobody, so it waits for someone to go to.
bool Queue::deliver_barrier() {
  QueueEntry* const entry = by_age_.front();
  if (entry == nullptr || !entry->is_barrier || consumers_.empty()) return false;
  waiting_.for_each_interest([&](Interest* interest) {
    interest->matches_barrier = interest->filter == kNoFilter || output_.matches(interest->filter, *entry);
  });
  for (const auto& [id, consumer] : consumers_) {
    if (!consumer.interest->matches_barrier) continue;
    ++entry->deliveries;
    ++counts_.delivered;
    output_.deliver(id, *entry);
  }
  remove(entry, Removal::kDelivered);
  return true;
}

void Queue::deliver_first(QueueEntry* entry) {
  Consumer* chosen = nullptr;
  waiting_.for_each_candidate([&](const Interest* interest) {
    Consumer* const consumer = fairness_.choose(interest->with_room)->second;
    if (chosen == nullptr || fairness_.prefers(consumer->load, chosen->load)) chosen = consumer;
  });
  assert(chosen != nullptr);
  fairness_.served(chosen->id);
  ++counts_.delivered;
  if (entry->deliveries++ != 0) ++counts_.redelivered;
  hold(entry, chosen);
  if (rules_.semantics == QueueSemantics::kAtMostOnce) {
    entry->state = EntryState::kDelivered;
    leave_queue(entry);
    output_.deliver(chosen->id, *entry);
    output_.remove(*entry, Removal::kDelivered);
    entry->content.reset();
    return;
  }
  entry->state = EntryState::kLeased;
  ++leased_;
  if (rules_.lease_us < kNeverUs - now_us_) {
    entry->lease_end_us = now_us_ + rules_.lease_us;
    leases_.push_back(entry);
  }
  output_.deliver(chosen->id, *entry);
}

}  // namespace amps::broker

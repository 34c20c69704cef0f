// SPDX-License-Identifier: Apache-2.0
#include "queue_model.h"

#include <algorithm>
#include <utility>

#include "broker/queue/queue_output.h"

namespace queue_tests {

using namespace amps::broker;

const char* fault_text(Fault fault) {
  static const char* const texts[] = {
      "none",
      "lease survives ack",
      "late ack ignored",
      "returns to the tail",
      "rotation restarts",
      "cancel not counted",
      "deliveries off by one",
      "disconnect keeps lease",
      "strict not checked",
      "strict never late",
      "ack keeps backlog",
      "no expiry while leased",
      "barrier overtakes",
      "priority newest first",
      "backlog off by one",
      "deferred ack forgotten",
      "replace drops leases",
      "ratio ignored",
      "head blocks",
      "at most once comes back",
  };
  static_assert(sizeof texts / sizeof *texts == static_cast<std::size_t>(Fault::kCount), "one text a fault");
  return texts[static_cast<int>(fault)];
}

std::string told_text(const std::vector<Told>& told) {
  std::string text;
  for (const Told& one : told) {
    text += one.kind == Told::kDelivered ? "c" + std::to_string(one.who) + "<m" + std::to_string(one.message)
                                         : "-m" + std::to_string(one.message) + ":" + std::to_string(one.who);
    text += ' ';
  }
  return text;
}

std::string event_text(const Event& event) {
  static const char* const names[] = {"add",    "subscribe", "replace", "unsubscribe", "ack",
                                      "cancel", "expire",    "defer",   "time"};
  std::string text = names[event.kind];
  text += " m" + std::to_string(event.message) + " c" + std::to_string(event.consumer) + " client " +
          std::to_string(event.client) + " filter " + std::to_string(event.filter) + " backlog " +
          std::to_string(event.backlog) + " priority " + std::to_string(event.priority);
  if (event.barrier) text += " barrier";
  if (event.life_us) text += " life " + std::to_string(*event.life_us);
  if (event.elapsed_us != 0) text += " after " + std::to_string(event.elapsed_us);
  return text;
}

bool filter_matches(int filter, int message) {
  return filter == 0 || (filter != 9 && message % filter == 0);
}

QueueModel::ModelConsumer* QueueModel::find_consumer(int number) {
  for (ModelConsumer& consumer : consumers_) {
    if (consumer.number == number) return &consumer;
  }
  return nullptr;
}

bool QueueModel::has_consumer(int number) const {
  return std::any_of(consumers_.begin(), consumers_.end(),
                     [&](const auto& one) { return one.number == number; });
}

std::size_t QueueModel::held_by(int consumer) const {
  return static_cast<std::size_t>(std::count_if(messages_.begin(), messages_.end(), [&](const Message& one) {
    return one.holder == consumer && (one.state == State::kLeased || one.state == State::kAtMostOnce);
  }));
}

std::size_t QueueModel::outstanding() const {
  std::size_t count = 0;
  for (const ModelConsumer& consumer : consumers_) count += held_by(consumer.number);
  return count;
}

std::vector<std::size_t> QueueModel::sizes() const {
  std::size_t waiting = 0;
  std::size_t leased = 0;
  for (const Message& message : messages_) {
    waiting += message.state == State::kWaiting && !message.barrier ? 1 : 0;
    leased += message.state == State::kLeased ? 1 : 0;
  }
  return {waiting, leased, outstanding()};
}

std::vector<Told> QueueModel::handle(const Event& event) {
  now_us_ += event.elapsed_us;
  pass_time();
  switch (event.kind) {
    case Event::kAdd:
      add(event);
      break;
    case Event::kSubscribe:
      if (fault_ == Fault::kRotationRestarts) last_served_ = 0;
      consumers_.push_back({next_consumer_++, event.client, event.filter,
                            std::min(event.backlog, rules_.subscription_backlog_max)});
      break;
    case Event::kReplace: {
      ModelConsumer* const consumer = find_consumer(event.consumer);
      consumer->filter = event.filter;
      consumer->backlog = std::min(event.backlog, rules_.subscription_backlog_max);
      if (fault_ != Fault::kReplaceDropsLeases) break;
      for (Message* message : held()) {
        if (message->state == State::kLeased && message->holder == event.consumer) give_back(message);
      }
      break;
    }
    case Event::kUnsubscribe:
      unsubscribe(event.consumer);
      break;
    case Event::kAck:
    case Event::kCancel:
    case Event::kExpire:
      settle_one(event);
      break;
    case Event::kDefer:
      if (fault_ == Fault::kDeferredAckForgotten) break;
      if (std::none_of(deferred_.begin(), deferred_.end(),
                       [&](const Deferred& one) { return one.message == event.message; })) {
        deferred_.push_back({event.message, now_us_ + rules_.deferred_ack_us});
      }
      break;
    case Event::kTime:
      break;
  }
  while (deliver_barrier() || deliver_one()) {
  }
  return std::exchange(told_, {});
}

void QueueModel::add(const Event& event) {
  Message message{event.message, static_cast<std::uint64_t>(event.message), event.priority, event.barrier,
                  expiry_us(rules_, now_us_, event.life_us)};
  messages_.push_back(message);
  const auto early = std::find_if(deferred_.begin(), deferred_.end(),
                                  [&](const Deferred& one) { return one.message == event.message; });
  if (message.expires_us <= now_us_) {
    remove(&messages_.back(), static_cast<int>(Removal::kTimeLimit));
  } else if (early != deferred_.end()) {
    deferred_.erase(early);
    remove(&messages_.back(), static_cast<int>(Removal::kAcknowledged));
  }
}

void QueueModel::remove(Message* message, int why) {
  if (fault_ == Fault::kAckKeepsBacklog && message->state == State::kLeased) {
    if (ModelConsumer* holder = find_consumer(message->holder)) ++holder->leaked;
  }
  if (fault_ == Fault::kLeaseSurvivesAck && why == 0 && message->state == State::kLeased &&
      message->lease_end_us != kNeverUs) {
    told_.push_back({Told::kRemoved, message->number, why});
    return;  // Still leased, as far as the timer knows.
  }
  message->state = State::kGone;
  told_.push_back({Told::kRemoved, message->number, why});
}

void QueueModel::give_back(Message* message) {
  std::uint32_t limit = rules_.deliveries_max;
  if (fault_ == Fault::kDeliveriesOffByOne && limit != 0) ++limit;
  if (limit != 0 && message->deliveries >= limit) {
    return remove(message, static_cast<int>(Removal::kMaxDeliveries));
  }
  message->state = State::kWaiting;
  if (fault_ == Fault::kReturnsToTail) message->place = next_tail_++;
}

std::vector<QueueModel::Message*> QueueModel::held() {
  std::vector<Message*> held;
  for (Message& one : messages_) {
    if (one.state == State::kLeased || one.state == State::kAtMostOnce) held.push_back(&one);
  }
  std::sort(held.begin(), held.end(),
            [](const Message* left, const Message* right) { return left->serial < right->serial; });
  return held;
}

void QueueModel::unsubscribe(int number) {
  for (Message* message : held()) {
    if (message->holder != number) continue;
    if (message->state == State::kAtMostOnce) {
      message->state = fault_ == Fault::kAtMostOnceComesBack ? State::kWaiting : State::kGone;
    }
    if (message->state == State::kLeased && fault_ != Fault::kDisconnectKeepsLease) give_back(message);
  }
  consumers_.erase(std::find_if(consumers_.begin(), consumers_.end(),
                                [&](const ModelConsumer& one) { return one.number == number; }));
}

void QueueModel::settle_one(const Event& event) {
  for (Message& message : messages_) {
    if (message.number != event.message || message.state == State::kGone) continue;
    const bool held = message.state != State::kWaiting;
    const ModelConsumer* const holder = held ? find_consumer(message.holder) : nullptr;
    const bool by_holder = holder != nullptr && holder->client == event.client;
    if (rules_.leasing == Leasing::kStrict && held && !by_holder && fault_ != Fault::kStrictNotChecked)
      return;
    if (fault_ == Fault::kStrictNeverLate && rules_.leasing == Leasing::kStrict && !held &&
        message.deliveries != 0)
      return;
    if (fault_ == Fault::kLateAckIgnored && held && !by_holder) return;
    if (message.state == State::kAtMostOnce) {
      message.state = State::kGone;
    } else if (event.kind == Event::kAck) {
      remove(&message, static_cast<int>(Removal::kAcknowledged));
    } else if (event.kind == Event::kExpire) {
      remove(&message, static_cast<int>(Removal::kForcedExpire));
    } else if (message.state == State::kLeased) {
      if (fault_ != Fault::kCancelNotCounted) ++message.cancels;
      if (rules_.cancels_max != 0 && message.cancels >= rules_.cancels_max) {
        remove(&message, static_cast<int>(Removal::kMaxCancels));
      } else {
        give_back(&message);
      }
    }
  }
}

// Expirations in the order of their times, then leases in the order of their deliveries.
void QueueModel::pass_time() {
  for (;;) {
    Message* due = nullptr;
    for (Message& one : messages_) {
      if (one.state != State::kWaiting && one.state != State::kLeased) continue;
      if (fault_ == Fault::kNoExpiryWhileLeased && one.state == State::kLeased) continue;
      if (one.expires_us <= now_us_ && (due == nullptr || one.expires_us < due->expires_us)) due = &one;
    }
    if (due == nullptr) break;
    remove(due, static_cast<int>(Removal::kTimeLimit));
  }
  for (Message* one : held()) {
    if (one->state == State::kLeased && one->lease_end_us <= now_us_) give_back(one);
  }
  deferred_.erase(std::remove_if(deferred_.begin(), deferred_.end(),
                                 [&](const Deferred& one) { return one.end_us <= now_us_; }),
                  deferred_.end());
}

bool QueueModel::before(const Message& left, const Message& right) const {
  if (left.priority != right.priority) return left.priority > right.priority;
  return fault_ == Fault::kPriorityNewestFirst && left.priority != 0 ? left.place > right.place
                                                                     : left.place < right.place;
}

bool QueueModel::takes(const ModelConsumer& consumer, const Message& message) const {
  const std::size_t used = held_by(consumer.number) + static_cast<std::size_t>(consumer.leaked);
  return used < consumer.backlog && filter_matches(consumer.filter, message.number);
}

const QueueModel::ModelConsumer* QueueModel::choose(const Message& message) const {
  const ModelConsumer* best = nullptr;
  const auto ratio = [&](const ModelConsumer& one) {
    return static_cast<double>(held_by(one.number)) /
           (fault_ == Fault::kRatioIgnored ? 1.0 : static_cast<double>(one.backlog));
  };
  const auto turn = [&](const ModelConsumer& one) {
    return one.number > last_served_ ? one.number : one.number + 1'000'000;
  };
  for (const ModelConsumer& one : consumers_) {
    if (!takes(one, message)) continue;
    if (best == nullptr || (rules_.fairness == FairnessModel::kProportional && ratio(one) < ratio(*best)) ||
        (rules_.fairness == FairnessModel::kRoundRobin && turn(one) < turn(*best))) {
      best = &one;
    }
  }
  return best;
}

bool QueueModel::deliver_barrier() {
  Message* oldest = nullptr;
  for (Message& one : messages_) {
    const bool counts =
        one.state == State::kWaiting || (one.state == State::kLeased && fault_ != Fault::kBarrierOvertakes);
    if (counts && (oldest == nullptr || one.place < oldest->place)) oldest = &one;
  }
  if (oldest == nullptr || !oldest->barrier || consumers_.empty()) return false;
  for (const ModelConsumer& consumer : consumers_) {
    if (!filter_matches(consumer.filter, oldest->number)) continue;
    told_.push_back({Told::kDelivered, oldest->number, consumer.number});
  }
  remove(oldest, static_cast<int>(Removal::kDelivered));
  return true;
}

bool QueueModel::deliver_one() {
  const std::size_t limit = fault_ == Fault::kBacklogOffByOne && rules_.backlog_max < 100
                                ? static_cast<std::size_t>(rules_.backlog_max) + 1
                                : static_cast<std::size_t>(rules_.backlog_max);
  if (outstanding() >= limit) return false;
  std::vector<Message*> waiting;
  std::uint64_t barrier = UINT64_MAX;
  for (Message& one : messages_) {
    if (one.state != State::kWaiting) continue;
    if (one.barrier) {
      barrier = std::min(barrier, one.place);
    } else {
      waiting.push_back(&one);
    }
  }
  std::sort(waiting.begin(), waiting.end(),
            [&](const Message* left, const Message* right) { return before(*left, *right); });
  for (Message* message : waiting) {
    if (message->place > barrier) continue;
    const ModelConsumer* const consumer = choose(*message);
    if (consumer == nullptr) {
      if (fault_ == Fault::kHeadBlocks) return false;
      continue;
    }
    last_served_ = consumer->number;
    message->holder = consumer->number;
    ++message->deliveries;
    message->serial = ++deliveries_;
    told_.push_back({Told::kDelivered, message->number, consumer->number});
    if (rules_.semantics == QueueSemantics::kAtMostOnce) {
      message->state = State::kAtMostOnce;
      told_.push_back({Told::kRemoved, message->number, static_cast<int>(Removal::kDelivered)});
    } else {
      message->state = State::kLeased;
      message->lease_end_us = rules_.lease_us == kNeverUs ? kNeverUs : now_us_ + rules_.lease_us;
    }
    return true;
  }
  return false;
}

}  // namespace queue_tests

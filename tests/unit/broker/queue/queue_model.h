// SPDX-License-Identifier: Apache-2.0
// The reference against which the queue is checked (REL-21): broker 9 written down as plainly as
// possible, every step a scan over all messages. It can be made wrong on purpose in ways known from
// other brokers, to show that the check would find them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/queue/queue_rules.h"

namespace queue_tests {

// Ways to be wrong.
enum class Fault {
  kNone,
  kLeaseSurvivesAck,  // The lease timer is not cancelled on ack: the message comes back.
  kLateAckIgnored,    // An ack after the lease moved on does nothing.
  kReturnsToTail,     // A returned message loses its place.
  kRotationRestarts,  // A new consumer resets the round robin.
  kCancelNotCounted,
  kDeliveriesOffByOne,
  kDisconnectKeepsLease,
  kStrictNotChecked,
  kStrictNeverLate,  // Strict: who held it before cannot acknowledge a free message.
  kAckKeepsBacklog,  // The place in the backlog is not freed.
  kNoExpiryWhileLeased,
  kBarrierOvertakes,  // A barrier does not wait for leased messages.
  kPriorityNewestFirst,
  kBacklogOffByOne,  // Of the whole queue.
  kDeferredAckForgotten,
  kReplaceDropsLeases,
  kRatioIgnored,         // Proportional looks at numbers outstanding alone.
  kHeadBlocks,           // A message nobody wants stops the others.
  kAtMostOnceComesBack,  // After an unsubscribe.
  kCount
};
const char* fault_text(Fault fault);

// What happened: a delivery, a removal.
struct Told {
  enum Kind { kDelivered, kRemoved } kind;
  int message;
  int who;  // Consumer, or the reason of a removal (see Removal).

  friend bool operator==(const Told& left, const Told& right) {
    return left.kind == right.kind && left.message == right.message && left.who == right.who;
  }
};
std::string told_text(const std::vector<Told>& told);

// An event. Consumers and messages are numbered from 1, in the order in which they came.
struct Event {
  enum Kind { kAdd, kSubscribe, kReplace, kUnsubscribe, kAck, kCancel, kExpire, kDefer, kTime };

  explicit Event(Kind event_kind) : kind(event_kind) {}

  Kind kind;
  int message = 0;
  int consumer = 0;
  int client = 0;
  int filter = 0;  // Of messages: those whose number is divisible by it; 0: all; 9: none.
  std::uint64_t backlog = 0;
  std::uint64_t priority = 0;
  bool barrier = false;
  std::optional<std::uint64_t> life_us;
  std::uint64_t elapsed_us = 0;  // Passes before the event.
};
std::string event_text(const Event& event);

bool filter_matches(int filter, int message);

class QueueModel {
 public:
  QueueModel(const amps::broker::QueueRules& rules, Fault fault) : rules_(rules), fault_(fault) {}

  // Handles the event and delivers what can be delivered; tells what happened.
  std::vector<Told> handle(const Event& event);
  bool has_consumer(int number) const;
  // Waiting, leased, outstanding: numbers to compare.
  std::vector<std::size_t> sizes() const;

 private:
  enum class State { kWaiting, kLeased, kAtMostOnce, kGone };
  struct Message {
    int number;
    std::uint64_t place;  // In the order of the log; the same as number unless a fault moved it.
    std::uint64_t priority;
    bool barrier;
    std::uint64_t expires_us;
    State state = State::kWaiting;
    int holder = 0;
    std::uint64_t serial = 0;  // Of its latest delivery.
    std::uint32_t deliveries = 0;
    std::uint32_t cancels = 0;
    std::uint64_t lease_end_us = amps::broker::kNeverUs;
  };
  struct ModelConsumer {
    int number;
    int client;
    int filter;
    std::uint64_t backlog;
    int leaked = 0;  // Places lost by a fault.
  };

  void add(const Event& event);
  void settle_one(const Event& event);
  void unsubscribe(int number);
  void give_back(Message* message);
  void remove(Message* message, int why);
  void pass_time();
  std::vector<Message*> held();  // In the order of delivery.
  bool deliver_one();
  bool deliver_barrier();
  bool takes(const ModelConsumer& consumer, const Message& message) const;
  const ModelConsumer* choose(const Message& message) const;
  bool before(const Message& left, const Message& right) const;
  std::size_t held_by(int consumer) const;
  std::size_t outstanding() const;
  ModelConsumer* find_consumer(int number);

  amps::broker::QueueRules rules_;
  Fault fault_;
  std::uint64_t now_us_ = 0;
  std::vector<Message> messages_;  // All there ever were.
  std::vector<ModelConsumer> consumers_;
  struct Deferred {
    int message;
    std::uint64_t end_us;
  };
  std::vector<Deferred> deferred_;
  int last_served_ = 0;
  std::uint64_t deliveries_ = 0;
  int next_consumer_ = 1;
  std::uint64_t next_tail_ = 1'000'000;
  std::vector<Told> told_;
};

}  // namespace queue_tests

// SPDX-License-Identifier: Apache-2.0
// A queue with consumers called A, B, C … and messages called m1, m2, m3 …, whose deliveries and removals
// are told in words: "A<m1" is a delivery, "-m1" a removal, "-m1:time" an expiry and its reason.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/queue/queue.h"

namespace queue_tests {

using namespace amps::broker;

constexpr std::uint64_t kMillisecondUs = 1000;

inline const char* removal_text(Removal why) {
  switch (why) {
    case Removal::kAcknowledged:
      return "";
    case Removal::kDelivered:
      return ":delivered";
    case Removal::kTimeLimit:
      return ":time";
    case Removal::kForcedExpire:
      return ":forced";
    case Removal::kMaxCancels:
      return ":cancels";
    case Removal::kMaxDeliveries:
      return ":deliveries";
  }
  return "?";
}

inline BookmarkId id_of(int number) {
  return {7, static_cast<std::uint64_t>(number)};
}

class QueueFixture : QueueOutput {
 public:
  QueueRules rules;
  std::uint64_t now_us = 1'000'000;
  std::map<FilterId, std::function<bool(int)>> filters;  // By message number.
  int looks = 0;                                         // Filter evaluations.

  // The queue is made at the first use, after the rules are set.
  Queue& queue() {
    if (queue_ == nullptr) queue_ = std::make_unique<Queue>(rules, static_cast<QueueOutput*>(this));
    return *queue_;
  }

  void add(int number, std::uint64_t priority = 0, std::uint64_t life_us = kNeverUs, bool barrier = false) {
    QueueMessage message;
    message.id = id_of(number);
    message.position = static_cast<std::uint64_t>(number);
    message.priority = priority;
    message.is_barrier = barrier;
    if (life_us != kNeverUs) message.expires_us = now_us + life_us;
    queue().add(std::move(message), now_us);
  }
  // Adds messages first … last.
  void add_all(int first, int last) {
    for (int number = first; number <= last; ++number) add(number);
  }
  void add_barrier(int number) { add(number, 0, kNeverUs, true); }

  char subscribe(std::uint64_t backlog = 1, FilterId filter = kNoFilter, ClientId client = 0) {
    const char name = static_cast<char>('A' + names_.size());
    const ConsumerId id = queue().subscribe(client == 0 ? client_of(name) : client, filter, backlog, now_us);
    names_[id] = name;
    ids_[name] = id;
    return name;
  }
  void replace(char name, std::uint64_t backlog, FilterId filter = kNoFilter) {
    queue().replace(ids_.at(name), filter, backlog, now_us);
  }
  void unsubscribe(char name) { queue().unsubscribe(ids_.at(name), now_us); }
  AckOutcome ack(char name, int number, AckKind kind = AckKind::kAcknowledge) {
    return queue().acknowledge(id_of(number), kind, client_of(name), now_us);
  }
  ConsumerId id(char name) const { return ids_.at(name); }
  static ClientId client_of(char name) { return 100 + static_cast<ClientId>(name); }

  // What happened since the last call, settled now.
  std::string happened() {
    queue().settle(now_us);
    return std::exchange(told_, std::string());
  }
  std::string after_ms(std::uint64_t ms) {
    now_us += ms * kMillisecondUs;
    return happened();
  }
  std::string waiting() {
    std::string text;
    queue().for_each_waiting([&](const QueueMessage& message) {
      text += "m" + std::to_string(message.id.sequence) + " ";
      return true;
    });
    return text;
  }

 private:
  bool matches(FilterId filter, const QueueMessage& message) override {
    ++looks;
    return filters.at(filter)(static_cast<int>(message.id.sequence));
  }
  void deliver(ConsumerId consumer, const QueueMessage& message) override {
    told_ += std::string(1, names_.at(consumer)) + "<m" + std::to_string(message.id.sequence) + " ";
  }
  void remove(const QueueMessage& message, Removal why) override {
    told_ += "-m" + std::to_string(message.id.sequence) + removal_text(why) + " ";
  }

  std::unique_ptr<Queue> queue_;
  std::map<ConsumerId, char> names_;
  std::map<char, ConsumerId> ids_;
  std::string told_;
};

}  // namespace queue_tests

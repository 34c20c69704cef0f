// SPDX-License-Identifier: Apache-2.0
// Which of several consumers with room gets a message that each of them would take (broker 9.5).
// Threads: of the queue.
#pragma once

#include <cstdint>
#include <map>

#include "broker/queue/queue_rules.h"

namespace amps::broker {

using ConsumerId = std::uint64_t;  // Grows in the order of subscribing, so "first found" is the lowest.

struct Consumer;

// How loaded a consumer is. 32 bits each, so that products are exact.
struct Load {
  std::uint32_t used = 0;
  std::uint32_t backlog = 0;
  ConsumerId consumer = 0;
};

// The order in which consumers are asked.
class LoadOrder {
 public:
  explicit LoadOrder(FairnessModel model) noexcept : by_ratio_(model == FairnessModel::kProportional) {}
  bool operator()(const Load& left, const Load& right) const noexcept;

 private:
  bool by_ratio_;
};

using ConsumersWithRoom = std::map<Load, Consumer*, LoadOrder>;

class Fairness {
 public:
  explicit Fairness(FairnessModel model) noexcept : model_(model), order_(model) {}

  const LoadOrder& order() const noexcept { return order_; }
  // The one to ask among those with room. Requires: not empty.
  ConsumersWithRoom::const_iterator choose(const ConsumersWithRoom& consumers) const;
  // True when `left` is to be preferred.
  bool prefers(const Load& left, const Load& right) const noexcept;
  void served(ConsumerId consumer) noexcept { last_ = consumer; }

 private:
  FairnessModel model_;
  LoadOrder order_;
  ConsumerId last_ = 0;  // Where the rotation stands. Consumers come and go without moving it.
};

}  // namespace amps::broker

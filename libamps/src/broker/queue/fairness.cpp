// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/fairness.h"

namespace amps::broker {

bool LoadOrder::operator()(const Load& left, const Load& right) const noexcept {
  if (by_ratio_) {
    const std::uint64_t left_cross = std::uint64_t{left.used} * right.backlog;
    const std::uint64_t right_cross = std::uint64_t{right.used} * left.backlog;
    if (left_cross != right_cross) return left_cross < right_cross;
  }
  return left.consumer < right.consumer;
}

ConsumersWithRoom::const_iterator Fairness::choose(const ConsumersWithRoom& consumers) const {
  if (model_ != FairnessModel::kRoundRobin) return consumers.begin();
  const auto next = consumers.upper_bound(Load{0, 0, last_});
  return next == consumers.end() ? consumers.begin() : next;
}

bool Fairness::prefers(const Load& left, const Load& right) const noexcept {
  if (model_ == FairnessModel::kRoundRobin) {
    const bool left_waits = left.consumer > last_;  // Has its turn before the rotation starts again.
    const bool right_waits = right.consumer > last_;
    if (left_waits != right_waits) return left_waits;
  }
  return order_(left, right);
}

}  // namespace amps::broker

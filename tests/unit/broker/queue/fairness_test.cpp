// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/fairness.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("proportional compares ratios exactly, also of large backlogs") {
  const LoadOrder order(FairnessModel::kProportional);
  CHECK(order(Load{2, 5, 2}, Load{1, 2, 1}));
  CHECK(order(Load{4'294'967'293, 4'294'967'295, 2}, Load{4'294'967'294, 4'294'967'295, 1}));
  CHECK(order(Load{1, 2, 1}, Load{2, 4, 2}));  // Equal: who came first.
  CHECK_FALSE(order(Load{2, 4, 2}, Load{1, 2, 1}));
}

TEST_CASE("the other models ignore load") {
  const LoadOrder order(FairnessModel::kFast);
  CHECK(order(Load{9, 10, 1}, Load{0, 10, 2}));
}

TEST_CASE("a rotation prefers who has not had its turn") {
  Fairness fairness(FairnessModel::kRoundRobin);
  CHECK(fairness.prefers(Load{0, 1, 1}, Load{0, 1, 2}));
  fairness.served(1);
  CHECK(fairness.prefers(Load{0, 1, 2}, Load{0, 1, 1}));
  fairness.served(2);
  CHECK(fairness.prefers(Load{0, 1, 1}, Load{0, 1, 2}));
}

TEST_CASE("a rotation among those with room skips who has none and starts again at the end") {
  Fairness fairness(FairnessModel::kRoundRobin);
  ConsumersWithRoom consumers(fairness.order());
  consumers[Load{0, 1, 1}] = nullptr;
  consumers[Load{0, 1, 3}] = nullptr;
  fairness.served(1);
  CHECK(fairness.choose(consumers)->first.consumer == 3);
  fairness.served(3);
  CHECK(fairness.choose(consumers)->first.consumer == 1);
}

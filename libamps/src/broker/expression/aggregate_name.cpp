// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/aggregate_name.h"

namespace amps::broker {

namespace {

constexpr AggregateName kAggregates[] = {
    {"SUM", AggregateKind::kSum, 1},
    {"AVG", AggregateKind::kAverage, 1},
    {"COUNT", AggregateKind::kCount, 1},
    {"COUNT_DISTINCT", AggregateKind::kCountDistinct, 1},
    {"MIN", AggregateKind::kMinimum, 1},
    {"MAX", AggregateKind::kMaximum, 1},
    {"ANY", AggregateKind::kAny, 1},
    {"FIRST", AggregateKind::kFirst, 1},
    {"LAST", AggregateKind::kLast, 1},
    {"STDDEV_POP", AggregateKind::kDeviationPopulation, 1},
    {"STDDEV_SAMP", AggregateKind::kDeviationSample, 1},
    {"DISTINCT_LIST", AggregateKind::kDistinctList, 2},
};

}  // namespace

const AggregateName* find_aggregate(std::string_view name) noexcept {
  for (const AggregateName& one : kAggregates) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

}  // namespace amps::broker

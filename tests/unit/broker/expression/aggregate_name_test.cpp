// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/aggregate_name.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("aggregates are found by their name in capitals") {
  REQUIRE(find_aggregate("STDDEV_POP") != nullptr);
  CHECK(find_aggregate("STDDEV_POP")->kind == AggregateKind::kDeviationPopulation);
  CHECK(find_aggregate("DISTINCT_LIST")->arguments_max == 2);
  CHECK(find_aggregate("sum") == nullptr);
  CHECK(find_aggregate("UPPER") == nullptr);
}

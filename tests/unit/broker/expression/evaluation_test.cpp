// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/evaluation.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

TEST_CASE("patterns of functions are compiled once and their number is bounded") {
  EvaluationScratch scratch;
  const Pattern* const first = scratch.pattern("a+");
  REQUIRE(first != nullptr);
  CHECK(scratch.pattern("a+") == first);
  CHECK(scratch.pattern("(") == nullptr);
  for (int i = 0; i < 1'000; ++i) REQUIRE(scratch.pattern(std::to_string(i)) != nullptr);
  CHECK(scratch.pattern("a+")->matches("baa", &scratch.patterns()));
}

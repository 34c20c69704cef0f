// SPDX-License-Identifier: Apache-2.0
// REL-01: kill -9 of a broker under load loses, repeats and reorders nothing that was acknowledged.
// AMPS_TEST_CYCLES makes the run longer (nightly: 1,000, for a release: 10,000), AMPS_TEST_SEED repeats one.
// Its seeded bugs, acks before the write and numbers that a restart forgets: tests/mutants.
#include <doctest/doctest.h>

#include "killed_broker.h"
#include "support/environment.h"

TEST_CASE(
    "REL-01 REL-10 TXL-29 TXL-37 TXL-39: after kill -9 nothing acknowledged is lost, repeated or out of "
    "order") {
  const std::uint64_t seed = amps::test::seed_from_environment();
  CAPTURE(seed);
  CHECK(amps::test::kill_broker(amps::test::number_from_environment("AMPS_TEST_CYCLES", 100), seed) == "");
}

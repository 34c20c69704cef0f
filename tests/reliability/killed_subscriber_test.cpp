// SPDX-License-Identifier: Apache-2.0
// REL-04: kill -9 of a subscriber with a store in a file leaves no gap and brings back nothing discarded.
// AMPS_TEST_CYCLES makes the run longer (nightly: 1,000, for a release: 10,000), AMPS_TEST_SEED repeats one.
// Its seeded bugs, a discard that moves the resume point past a gap and one that is forgotten: tests/mutants.
#include <doctest/doctest.h>

#include "killed_subscriber.h"
#include "support/environment.h"

TEST_CASE(
    "REL-04 PY-241 CPP-273 CPP-274: after kill -9 a subscriber gets all it has not discarded, and nothing "
    "else") {
  const std::uint64_t seed = amps::test::seed_from_environment();
  CAPTURE(seed);
  CHECK(amps::test::kill_subscriber(amps::test::number_from_environment("AMPS_TEST_CYCLES", 100), seed) ==
        "");
}

TEST_CASE("REL-04: a subscription resumes at each bookmark of the log") {
  CHECK(amps::test::resume_at_each(100) == "");
}

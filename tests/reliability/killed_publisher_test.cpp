// SPDX-License-Identifier: Apache-2.0
// REL-03: kill -9 of a publisher with a store in a file, of its broker and of both loses and repeats nothing.
// AMPS_TEST_CYCLES makes the run longer (nightly: 1,000, for a release: 10,000), AMPS_TEST_SEED repeats one.
// Its seeded bugs, a store that forgets what was only sent and one that is numbered anew: tests/mutants.
#include <doctest/doctest.h>

#include "killed_publisher.h"
#include "support/environment.h"

TEST_CASE(
    "REL-03 PY-228 CPP-295: after kill -9 of publisher and broker all that publish() promised is in the log "
    "once") {
  const std::uint64_t seed = amps::test::seed_from_environment();
  CAPTURE(seed);
  CHECK(amps::test::kill_publisher(amps::test::number_from_environment("AMPS_TEST_CYCLES", 100), seed) == "");
}

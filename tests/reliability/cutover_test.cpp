// SPDX-License-Identifier: Apache-2.0
// REL-10: subscribers that come, catch up with a publisher who goes on, and leave again miss nothing and
// see nothing twice. AMPS_TEST_CUTOVERS makes the run longer (nightly: 5,000), AMPS_TEST_SEED repeats one.
// Its seeded bugs, a message lost and one repeated where memory follows the files: tests/mutants.
#include <doctest/doctest.h>

#include "cutover.h"
#include "support/environment.h"

TEST_CASE("REL-10 TXL-10: replay becomes live without a gap and without a duplicate, also across files") {
  const std::uint64_t seed = amps::test::seed_from_environment();
  CAPTURE(seed);
  CHECK(amps::test::cut_over(amps::test::number_from_environment("AMPS_TEST_CUTOVERS", 200), seed) == "");
}

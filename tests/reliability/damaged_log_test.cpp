// SPDX-License-Identifier: Apache-2.0
// REL-09: files of the log that were changed give the right records or an error, never wrong ones, and
// nothing outside of them is read. AMPS_TEST_DAMAGES makes the run longer (nightly: 300,000).
// Its seeded bug, lengths in a file that are believed: tests/mutants.
#include <doctest/doctest.h>

#include "damaged_log.h"
#include "support/environment.h"

TEST_CASE("REL-09: a start on damaged files is refused with a reason, or has what was written") {
  const std::uint64_t seed = amps::test::seed_from_environment();
  CAPTURE(seed);
  const std::size_t count = amps::test::number_from_environment("AMPS_TEST_DAMAGES", 5'000);
  const amps::test::DamagedStarts starts = amps::test::start_on_damaged_logs(count, seed);
  CHECK(starts.complaint == "");
  CHECK(starts.refused > count / 4);
  CHECK(starts.started > count / 20);
}

// SPDX-License-Identifier: Apache-2.0
// REL-19: whatever operation on the disk fails, nothing is acknowledged that a restart does not find, not
// even after a power cut; and a full disk is no more than a pause. Every operation of the run fails once.
// Its seeded bugs, a full disk that is ignored and a sync that is tried again: tests/mutants.
#include <doctest/doctest.h>

#include "failing_disk.h"

TEST_CASE("REL-19: the n-th operation on the disk fails, for every n") {
  const amps::test::FailedOperations result = amps::test::fail_each_operation();
  CHECK(result.complaint == "");
  CHECK(result.operations > 30);
  CHECK(result.refused > 10);
}

TEST_CASE("REL-19: on a full disk publishes are refused and the rest goes on, until there is room again") {
  CHECK(amps::test::fill_disk() == "");
}

TEST_CASE("REL-19: after a failed sync the log is read only, and says so") {
  CHECK(amps::test::break_sync() == "");
}

// SPDX-License-Identifier: Apache-2.0
// REL-02 for files that are archived and removed. Its seeded bugs, a name that is not synced and a file that
// goes before its publishers are saved: tests/mutants.
#include <doctest/doctest.h>

#include "moved_files.h"

TEST_CASE("REL-02 TXL-28: a power cut while files move loses no message that was not to be removed") {
  CHECK(amps::test::cut_power_while_files_move() == "");
}

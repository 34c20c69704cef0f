// SPDX-License-Identifier: Apache-2.0
// REL-16: no message of a publisher is discarded in silence because of what another client did.
// Its seeded bugs, ids that can be forged and numbers a restart forgets: tests/mutants.
#include <doctest/doctest.h>

#include "name_attacks.h"

TEST_CASE("REL-16: names with one hash, high numbers, one name twice and a lost store discard nothing") {
  CHECK(amps::test::attack_publisher() == "");
}

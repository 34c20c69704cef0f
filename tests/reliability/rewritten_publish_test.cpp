// SPDX-License-Identifier: Apache-2.0
// REL-17: rights hold for what is stored, not only for what was sent. The matrix of commands, ways to a
// topic and rights is tests/broker/test_entitlement.py. Its seeded bug, a check before the message is
// rewritten: tests/mutants.
#include <doctest/doctest.h>

#include "rewritten_publish.h"

TEST_CASE("REL-17 SEC-11: no delta and no queue is a way around the right to write") {
  CHECK(amps::test::write_around_rights() == "");
}

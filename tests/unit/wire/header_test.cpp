// SPDX-License-Identifier: Apache-2.0
#include "wire/header.h"

#include <doctest/doctest.h>

using amps::wire::Header;

TEST_CASE("a field is there once it is set and gone after clear") {
  Header header;
  CHECK_FALSE(header.has(AMPS_Source));
  header.set(AMPS_Source, "x");
  CHECK(header.get(AMPS_Source) == "x");
  header.clear();
  CHECK(header.get(AMPS_Source).empty());
}

TEST_CASE("a number is exact beyond 2^53") {
  Header header;
  header.set(AMPS_Sequence, "1711058949000000003");
  CHECK(header.number(AMPS_Sequence) == 1711058949000000003ull);
  CHECK_FALSE(header.number(AMPS_TopN));
}

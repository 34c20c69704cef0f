// SPDX-License-Identifier: Apache-2.0
#include "broker/timestamp.h"

#include <doctest/doctest.h>

using amps::broker::TimestampText;

TEST_CASE("times are written to the microsecond, in UTC") {
  TimestampText text;
  CHECK(text.of(0) == "19700101T000000.000000Z");
  CHECK(text.of(1'738'333'501'123'456) == "20250131T142501.123456Z");
  CHECK(text.of(1'738'333'501'000'007) == "20250131T142501.000007Z");
  CHECK(text.of(1'738'333'502'000'000) == "20250131T142502.000000Z");
}

// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <doctest/doctest.h>

TEST_CASE("a manual clock moves only when told to") {
  amps::ManualClock clock;
  const auto steady = clock.steady_ms();
  const auto utc = clock.utc_us();
  CHECK(clock.steady_ms() == steady);
  clock.advance_ms(1'500);
  CHECK(clock.steady_ms() == steady + 1'500);
  CHECK(clock.utc_us() == utc + 1'500'000);
}

TEST_CASE("the system clock knows the century and does not go back") {
  const amps::Clock& clock = amps::SystemClock::instance();
  CHECK(clock.utc_us() > 1'600'000'000'000'000u);
  CHECK(clock.utc_us() < 4'000'000'000'000'000u);
  const auto before = clock.steady_ms();
  CHECK(clock.steady_ms() >= before);
}

// SPDX-License-Identifier: Apache-2.0
#include "client/delay_strategy.h"

#include <doctest/doctest.h>

using amps::ManualClock;
using amps::client::DelayLimits;
using amps::client::DelayStrategy;

namespace {

struct Delays {
  ManualClock clock;
  DelayStrategy& strategy;
  explicit Delays(const DelayLimits& limits) : strategy(*new DelayStrategy(limits, clock)) {}
  ~Delays() { DelayStrategy::table()->release(strategy.self()); }
  std::uint32_t next(const char* uri = "a") {
    std::uint32_t milliseconds = 0;
    REQUIRE(strategy.wait_duration(uri, &milliseconds).ok());
    return milliseconds;
  }
};

}  // namespace

TEST_CASE("the first visit does not wait, repeats wait longer up to the limit") {
  Delays delays({200, 1000, 2.0, 0, 0.0});
  CHECK(delays.next() == 0);
  CHECK(delays.next() == 200);
  CHECK(delays.next("b") == 0);
  CHECK(delays.next() == 400);
  CHECK(delays.next() == 800);
  CHECK(delays.next() == 1000);
  CHECK(delays.next() == 1000);
  delays.strategy.reset();
  CHECK(delays.next() == 0);
}

TEST_CASE("a fixed delay is always the same") {
  Delays delays({50, 50, 1.0, 0, 0.0});
  CHECK(delays.next() == 0);
  for (int i = 0; i < 5; ++i) CHECK(delays.next() == 50);
}

TEST_CASE("jitter adds less than its share of the initial delay, and nothing to no wait") {
  Delays delays({100, 100, 1.0, 0, 0.5});
  CHECK(delays.next() == 0);
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t milliseconds = delays.next();
    CHECK(milliseconds >= 100);
    CHECK(milliseconds < 150);
  }
}

TEST_CASE("the strategy gives up when the time without success is over") {
  Delays delays({10, 10, 1.0, 1000, 0.0});
  delays.next();
  delays.clock.advance_ms(999);
  delays.next();
  delays.clock.advance_ms(1);
  std::uint32_t milliseconds = 0;
  CHECK(delays.strategy.wait_duration("a", &milliseconds).code() == AMPS_E_RECONNECT_MAX);
  delays.strategy.reset();
  CHECK(delays.next() == 0);
}

// SPDX-License-Identifier: Apache-2.0
#include "base/cycle_clock.h"

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>

using amps::CycleClock;

TEST_CASE("ticks and time convert both ways") {
  for (const std::uint64_t ns : {1'000ull, 50'000ull, 1'000'000'000ull}) {
    const std::uint64_t back = CycleClock::ns_of_ticks(CycleClock::ticks_of_ns(ns));
    CHECK(back <= ns);
    CHECK(back >= ns - ns / 100 - 1);
  }
  CHECK(CycleClock::ticks_of_ns(0) == 0);
}

TEST_CASE("the counter agrees with the steady clock within a tenth") {
  using Steady = std::chrono::steady_clock;
  CycleClock::ticks_of_ns(1);  // Measures the rate outside the span below.
  const auto start = Steady::now();
  const std::uint64_t first = CycleClock::now();
  while (Steady::now() - start < std::chrono::milliseconds(20)) {
  }
  const std::uint64_t ticks = CycleClock::now() - first;
  const double steady_ns = std::chrono::duration<double, std::nano>(Steady::now() - start).count();
  const auto counted_ns = static_cast<double>(CycleClock::ns_of_ticks(ticks));
  // The thread may be held up between the two readings; then the steady span is the longer one.
  CHECK(counted_ns >= 18'000'000.0);
  CHECK(counted_ns <= steady_ns * 1.1);
}

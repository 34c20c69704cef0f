// SPDX-License-Identifier: Apache-2.0
#include "broker/alarm.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

// Stops its loop when it has run twice.
struct Countdown final : TimedWork {
  explicit Countdown(amps::net::EventLoop* event_loop) : loop(event_loop) {}
  std::uint64_t run_due(std::uint64_t now_ms) override {
    if (now_ms < due_ms) return due_ms;
    if (++runs == 2) loop->stop();
    return due_ms = runs == 1 ? now_ms + 1 : UINT64_MAX;
  }
  amps::net::EventLoop* const loop;
  std::uint64_t due_ms = 0;
  int runs = 0;
};

}  // namespace

TEST_CASE("an alarm runs timed work on its loop, again as long as some is left") {
  const amps::Clock& clock = amps::SystemClock::instance();
  Statistics statistics;
  TopicSpace space("json", clock, &statistics);
  amps::net::EventLoop loop(clock);
  REQUIRE(loop.open().ok());
  Countdown work(&loop);
  Alarm alarm(&space, &loop);
  {
    amps::MutexLock lock(space.mutex());
    space.add_timed_work(&work);
    space.wake_at(clock.steady_ms() + 3'600'000);
    space.wake_at(clock.steady_ms());  // Takes the place of the later one.
  }
  loop.run();
  CHECK(work.runs == 2);
}

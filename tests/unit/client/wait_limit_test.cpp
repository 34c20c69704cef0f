// SPDX-License-Identifier: Apache-2.0
#include "client/wait_limit.h"

#include <doctest/doctest.h>

using namespace amps::client;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST_CASE("a time-out of zero never ends, and waits go by slices") {
  const WaitLimit limit(0);
  CHECK(!limit.is_over());
  CHECK(limit.end() == WaitLimit::TimePoint::max());
  const auto before = steady_clock::now();
  const auto next = limit.next(milliseconds(50));
  CHECK(next >= before + milliseconds(50));
  CHECK(next <= steady_clock::now() + milliseconds(50));
}

TEST_CASE("the limit counts from its beginning, not from each wait") {
  const WaitLimit limit(60'000);
  CHECK(limit.next(std::chrono::hours(1)) == limit.end());
  CHECK(limit.next(std::chrono::hours(1)) == limit.end());
  CHECK(!limit.is_over());
}

TEST_CASE("what ran out says after how long") {
  const WaitLimit limit(1);
  while (!limit.is_over()) {
  }
  const amps::Status status = limit.status("no acknowledgement");
  CHECK(status.code() == AMPS_E_TIMED_OUT);
  CHECK(status.text() == "no acknowledgement within 1 ms");
}

TEST_CASE("a thread that restores a session does not wait past the end of that work") {
  thread_context().restoring_deadline = steady_clock::now();
  CHECK(WaitLimit(0).is_over());
  CHECK(WaitLimit(60'000).is_over());
  thread_context().restoring_deadline = steady_clock::time_point::max();
  CHECK(!WaitLimit(0).is_over());
}

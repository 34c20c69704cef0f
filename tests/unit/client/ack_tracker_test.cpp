// SPDX-License-Identifier: Apache-2.0
#include "client/ack_tracker.h"

#include <doctest/doctest.h>

#include "session_fixture.h"

using namespace amps::client;
using amps::Status;
using amps::wire::Header;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr auto kLong = std::chrono::seconds(30);

struct AckHeader : Header {
  AckHeader(const char* cid, std::uint32_t type, const char* status) {
    command = AMPS_COMMAND_Ack;
    ack_types = type;
    set(AMPS_CommandId, cid);
    set(AMPS_Status, status);
  }
};

AckTracker::Wait peek(AckTracker& tracker, AckWaiter& waiter) {
  return tracker.wait_until(&waiter, steady_clock::now());
}

}  // namespace

TEST_CASE("an ack reaches who waits for its command, with all that it says") {
  AckTracker tracker;
  AckWaiter waiter("c", AMPS_ACK_Processed, 1);
  const AckScope scope(tracker, &waiter);
  CHECK(peek(tracker, waiter) == AckTracker::Wait::kTimedOut);
  auto waiting = test::async([&] { return tracker.wait_until(&waiter, steady_clock::now() + kLong); });
  AckHeader header("c", AMPS_ACK_Processed, "success");
  header.set(AMPS_Reason, "because");
  header.set(AMPS_Bookmark, "1|2|");
  header.set(AMPS_Sequence, "7");
  CHECK(tracker.settle(header));
  CHECK(waiting.get() == AckTracker::Wait::kDone);
  Ack ack;
  CHECK(tracker.take(&waiter, &ack).ok());
  CHECK(ack.is_success());
  CHECK(ack.reason == "because");
  CHECK(ack.bookmark == "1|2|");
  CHECK(ack.sequence == 7);
}

TEST_CASE("acks of others, and of another kind, wake nobody") {
  AckTracker tracker;
  AckWaiter waiter("c", AMPS_ACK_Completed, 1);
  const AckScope scope(tracker, &waiter);
  CHECK(!tracker.settle(AckHeader("d", AMPS_ACK_Completed, "success")));
  CHECK(!tracker.settle(AckHeader("", AMPS_ACK_Completed, "success")));
  CHECK(tracker.settle(
      AckHeader("c", AMPS_ACK_Processed, "success")));  // Somebody's, but not what is waited for.
  CHECK(peek(tracker, waiter) == AckTracker::Wait::kTimedOut);
}

TEST_CASE("a failure ends the wait for any kind of ack") {
  AckTracker tracker;
  AckWaiter waiter("c", AMPS_ACK_Completed, 1);
  const AckScope scope(tracker, &waiter);
  CHECK(tracker.settle(AckHeader("c", AMPS_ACK_Processed, "failure")));
  REQUIRE(peek(tracker, waiter) == AckTracker::Wait::kDone);
  Ack ack;
  CHECK(tracker.take(&waiter, &ack).ok());
  CHECK(!ack.is_success());
}

TEST_CASE("of two acks the first counts, and the next round waits anew") {
  AckTracker tracker;
  AckWaiter waiter("c", AMPS_ACK_Processed, 1);
  const AckScope scope(tracker, &waiter);
  tracker.settle(AckHeader("c", AMPS_ACK_Processed, "retry"));
  tracker.settle(AckHeader("c", AMPS_ACK_Processed, "success"));
  Ack ack;
  CHECK(tracker.take(&waiter, &ack).ok());
  CHECK(ack.is_retry());
  CHECK(peek(tracker, waiter) == AckTracker::Wait::kTimedOut);
  tracker.settle(AckHeader("c", AMPS_ACK_Processed, "success"));
  CHECK(tracker.take(&waiter, &ack).ok());
  CHECK(ack.is_success());
}

TEST_CASE("a loss fails who waits on that connection or an earlier one") {
  AckTracker tracker;
  AckWaiter old("a", AMPS_ACK_Processed, 1), lost("b", AMPS_ACK_Processed, 2),
      fresh("c", AMPS_ACK_Processed, 3);
  const AckScope one(tracker, &old), two(tracker, &lost), three(tracker, &fresh);
  tracker.fail_all(2, Status(AMPS_E_DISCONNECTED, "gone"));
  Ack ack;
  for (AckWaiter* waiter : {&old, &lost}) {
    REQUIRE(peek(tracker, *waiter) == AckTracker::Wait::kDone);
    CHECK(tracker.take(waiter, &ack).code() == AMPS_E_DISCONNECTED);
  }
  CHECK(peek(tracker, fresh) == AckTracker::Wait::kTimedOut);
}

TEST_CASE("an ack that came before the loss is not lost with it") {
  AckTracker tracker;
  AckWaiter waiter("c", AMPS_ACK_Processed, 1);
  const AckScope scope(tracker, &waiter);
  tracker.settle(AckHeader("c", AMPS_ACK_Processed, "success"));
  tracker.fail_all(1, Status(AMPS_E_DISCONNECTED, "gone"));
  Ack ack;
  CHECK(tracker.take(&waiter, &ack).ok());
  CHECK(ack.is_success());
}

TEST_CASE("two commands under one id get an ack each, in order, and nobody waits after the scope") {
  AckTracker tracker;
  AckWaiter second("c", AMPS_ACK_Processed, 1);
  {
    AckWaiter first("c", AMPS_ACK_Processed, 1);
    const AckScope scope(tracker, &first);
    tracker.add(&second);
    CHECK(tracker.settle(AckHeader("c", AMPS_ACK_Processed, "success")));
    CHECK(peek(tracker, first) == AckTracker::Wait::kDone);
    CHECK(peek(tracker, second) == AckTracker::Wait::kTimedOut);
  }
  CHECK(tracker.settle(AckHeader("c", AMPS_ACK_Processed, "success")));
  CHECK(peek(tracker, second) == AckTracker::Wait::kDone);
  tracker.remove(&second);
  CHECK(!tracker.settle(AckHeader("c", AMPS_ACK_Processed, "success")));
}

// SPDX-License-Identifier: Apache-2.0
#include "client/settle.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "store_fixture.h"

using namespace test;
using amps::client::AckScope;
using amps::client::AckTracker;
using amps::client::AckWaiter;
using amps::client::Settled;

namespace {

amps::wire::Header ack(const char* cid, std::uint32_t type, const char* status) {
  amps::wire::Header header;
  header.command = AMPS_COMMAND_Ack;
  header.ack_types = type;
  if (*cid != '\0') header.set(AMPS_CommandId, cid);
  header.set(AMPS_Status, status);
  return header;
}

template <typename Fixture>
Settled settle(Fixture& fixture, const amps::wire::Header& header) {
  return amps::client::settle(*fixture.core().session().connection(), header);
}

}  // namespace

TEST_CASE_FIXTURE(ClientFixture, "a heartbeat is answered with a beat") {
  log_on();
  amps::wire::Header header;
  header.command = AMPS_COMMAND_Heartbeat;
  CHECK(settle(*this, header) == Settled::kClaimed);
  CHECK(peer->read_command("heartbeat")->get(AMPS_Options) == "beat");
}

TEST_CASE_FIXTURE(ClientFixture, "messages are nobody's business here") {
  log_on();
  amps::wire::Header header;
  header.command = AMPS_COMMAND_Publish;
  CHECK(settle(*this, header) == Settled::kUnclaimed);
}

TEST_CASE_FIXTURE(ClientFixture, "an ack finds who waits for it; another one nobody") {
  log_on();
  AckWaiter waiter("c", AMPS_ACK_Processed, 1);
  const AckScope scope(core().acks(), &waiter);
  CHECK(settle(*this, ack("other", AMPS_ACK_Processed, "success")) == Settled::kUnclaimed);
  CHECK(settle(*this, ack("c", AMPS_ACK_Processed, "success")) == Settled::kClaimed);
  CHECK(core().acks().wait_until(&waiter, std::chrono::steady_clock::now()) == AckTracker::Wait::kDone);
}

TEST_CASE_FIXTURE(ClientFixture, "large frames are welcome after a success, and not before") {
  connect();
  const auto connection = core().session().connection();
  (void)settle(*this, ack("c", AMPS_ACK_Processed, "failure"));
  CHECK(connection->frame_bytes_max() == amps::kLogonBytesMax);
  (void)settle(*this, ack("c", AMPS_ACK_Processed, "success"));
  CHECK(connection->frame_bytes_max() == amps::kFrameReceivedBytesMax);
}

TEST_CASE_FIXTURE(ClientFixture, "a granted backlog makes a subscription one to a queue") {
  log_on();
  Inbox inbox;
  subscribe(inbox, "s");
  const auto route = core().router().route_of("s");
  auto granted = ack("s", AMPS_ACK_Processed, "success");
  granted.set(AMPS_Options, "max_backlog=7");
  (void)settle(*this, granted);
  CHECK(route->is_queue);
  CHECK(route->backlog_max == 7);
  granted.set(AMPS_CommandId, "unknown");
  (void)settle(*this, granted);  // Nobody's; nothing happens.
}

TEST_CASE_FIXTURE(StoreFixture, "persisted acks empty the publish store, failures do not") {
  start_with_store();
  for (const char* data : {"1", "2", "3"}) CHECK(publish("t", data) == AMPS_E_OK);
  auto persisted = ack("", AMPS_ACK_Persisted, "failure");
  persisted.set(AMPS_Sequence, "2");
  (void)settle(*this, persisted);
  CHECK(store.count() == 3);
  persisted.set(AMPS_Status, "success");
  (void)settle(*this, persisted);
  CHECK(store.count() == 1);
}

// SPDX-License-Identifier: Apache-2.0
#include "client/subscription_registry.h"

#include <doctest/doctest.h>

#include "session_fixture.h"

using namespace test;

namespace {

struct ResubscribeFixture : HaFixture {
  // Loses the connection and serves the logon of the next one.
  void lose() {
    peer->close();
    peer = server.accept();
    peer->accept_logon();
  }
  void run(const Command& command, Inbox* inbox) {
    auto call = async([&] { return execute(command, inbox, 10'000); });
    peer->ack(*peer->read());
    REQUIRE(call.get() == AMPS_E_OK);
  }
  Command& subscription(Command& command, const char* id) { return command.set(AMPS_SubscriptionId, id); }
};

}  // namespace

TEST_CASE_FIXTURE(ResubscribeFixture, "a subscription is placed again as it was, under a new command id") {
  start();
  Inbox inbox;
  Command command(AMPS_COMMAND_SOWAndDeltaSubscribe, "t");
  command.set(AMPS_SubscriptionId, "s")
      .set(AMPS_Filter, "/id > 1")
      .set(AMPS_Options, "oof,replace")
      .acks(AMPS_ACK_Completed);
  auto call = async([&] { return execute(command, &inbox, 10'000); });
  const auto first = peer->accept("sow_and_delta_subscribe");
  REQUIRE(call.get() == AMPS_E_OK);
  lose();
  const auto again = peer->accept("sow_and_delta_subscribe");
  CHECK(again->get(AMPS_SubscriptionId) == "s");
  CHECK(again->get(AMPS_QueryId) == first->get(AMPS_QueryId));
  CHECK(again->get(AMPS_Filter) == "/id > 1");
  CHECK(again->get(AMPS_Options) == "oof");  // There is nothing to replace at a new server.
  CHECK(again->get(AMPS_CommandId) != first->get(AMPS_CommandId));
}

TEST_CASE_FIXTURE(ResubscribeFixture,
                  "a replaced subscription keeps its place and comes back in its new form") {
  start();
  Inbox one, two;
  subscribe(one, "a");
  subscribe(two, "b");
  Command replacement(AMPS_COMMAND_Subscribe, "elsewhere");
  replacement.set(AMPS_SubscriptionId, "a").set(AMPS_Options, "replace");
  run(replacement, nullptr);
  lose();
  const auto first = peer->accept("subscribe");
  CHECK(first->get(AMPS_SubscriptionId) == "a");
  CHECK(first->get(AMPS_Topic) == "elsewhere");
  CHECK(peer->accept("subscribe")->get(AMPS_SubscriptionId) == "b");
  publish_to("a", "for the handler there was");
  CHECK(one.wait(1));
}

TEST_CASE_FIXTURE(ResubscribeFixture,
                  "queries, unsubscribed ones and those that asked not to do not come back") {
  start();
  Inbox query, left, once, kept;
  run(Command(AMPS_COMMAND_SOW, "t"), &query);
  subscribe(left, "left");
  amps_client_unsubscribe(client, span("left"));
  (void)peer->read_command("unsubscribe");
  Command command(AMPS_COMMAND_Subscribe, "t");
  auto call = async([&] { return execute(command, &once, 10'000, AMPS_EXECUTE_NO_RESUBSCRIBE); });
  peer->accept("subscribe");
  REQUIRE(call.get() == AMPS_E_OK);
  subscribe(kept, "kept");
  lose();
  CHECK(peer->accept("subscribe")->get(AMPS_SubscriptionId) == "kept");
  CHECK(peer->try_read(std::chrono::milliseconds(20)) == nullptr);
  CHECK(eventually([&] { return query.released() == 1 && left.released() == 1; }));
}

TEST_CASE_FIXTURE(ResubscribeFixture, "unsubscribing from everything forgets everything") {
  start();
  Inbox one, two;
  subscribe(one, "a");
  subscribe(two, "b");
  amps_client_unsubscribe(client, span(""));
  (void)peer->read_command("unsubscribe");
  lose();
  CHECK(peer->try_read(std::chrono::milliseconds(20)) == nullptr);
}

TEST_CASE_FIXTURE(ResubscribeFixture, "a refused resubscription fails the attempt unless somebody drops it") {
  start();
  Inbox inbox;
  subscribe(inbox, "a");
  lose();
  peer->fail(*peer->read_command("subscribe"), "not entitled");
  CHECK(peer->is_closed(kPatience));
  peer = server.accept();
  peer->accept_logon();
  CHECK(peer->accept("subscribe")->get(AMPS_SubscriptionId) == "a");
  CHECK(inbox.released() == 0);
}

TEST_CASE_FIXTURE(ResubscribeFixture,
                  "a server that does not answer in the resubscription time-out is left") {
  amps_client_set_number(client, AMPS_CLIENT_RESUBSCRIPTION_TIMEOUT_MS, 50);
  start();
  Inbox inbox;
  subscribe(inbox, "a");
  lose();
  (void)peer->read_command("subscribe");
  CHECK(peer->is_closed(kPatience));
}

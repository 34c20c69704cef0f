// SPDX-License-Identifier: Apache-2.0
#include "client/commands.h"

#include <doctest/doctest.h>

#include "session_fixture.h"

using namespace test;
using std::chrono::milliseconds;

TEST_CASE_FIXTURE(ClientFixture, "a command gets the ids and acks it lacks and stays unchanged") {
  log_on();
  Command command(AMPS_COMMAND_SOWAndSubscribe, "topic");
  command.set(AMPS_Filter, "/id > 1").acks(AMPS_ACK_Completed);
  Inbox inbox;
  std::string id;
  auto call = async([&] { return execute(command, &inbox, 0, 0, &id); });
  const auto sent = peer->accept("sow_and_subscribe");
  CHECK(call.get() == AMPS_E_OK);
  CHECK(sent->get(AMPS_AckType) == "processed,completed");
  CHECK(sent->get(AMPS_SubscriptionId) == sent->get(AMPS_CommandId));
  CHECK(sent->get(AMPS_QueryId) == sent->get(AMPS_CommandId));
  CHECK(sent->get(AMPS_Filter) == "/id > 1");
  CHECK(id == sent->get(AMPS_SubscriptionId));
  CHECK(text(command.get()->fields[AMPS_Filter]) == "/id > 1");
  CHECK((command.get()->present >> AMPS_CommandId & 1) == 0);
}

TEST_CASE_FIXTURE(ClientFixture, "a refusal has the code of its reason, the reason, and no route") {
  log_on();
  Inbox inbox;
  auto call = async([&] {
    const amps_result result = execute(Command(AMPS_COMMAND_Subscribe, "t"), &inbox);
    amps_span_t reason{};
    amps_last_error(nullptr, nullptr, &reason);
    CHECK(text(reason) == "bad filter");
    return result;
  });
  peer->fail(*peer->read_command("subscribe"), "bad filter");
  CHECK(call.get() == AMPS_E_FILTER);
  CHECK(eventually([&] { return inbox.released() == 1; }));
}

TEST_CASE_FIXTURE(ClientFixture, "a command that timed out is taken back") {
  log_on();
  Inbox inbox;
  Command command(AMPS_COMMAND_Subscribe, "t");
  command.set(AMPS_SubscriptionId, "s");
  CHECK(execute(command, &inbox, 100) == AMPS_E_TIMED_OUT);
  const auto sent = peer->read_command("subscribe");
  CHECK(peer->read_command("unsubscribe")->get(AMPS_SubscriptionId) == "s");
  CHECK(eventually([&] { return inbox.released() == 1; }));
  peer->ack(*sent);
  publish_to("s", "late");
  CHECK(eventually([&] { return number(AMPS_CLIENT_UNKNOWN_SUBSCRIPTION_COUNT) == 1; }));
  CHECK(inbox.count() == 0);
}

TEST_CASE_FIXTURE(ClientFixture, "the interrupt hook ends a wait") {
  log_on();
  static std::atomic<bool> interrupt;
  interrupt = false;
  amps_set_interrupt_hook([]() -> std::int32_t { return interrupt ? 1 : 0; });
  auto call = async([&] { return execute(Command(AMPS_COMMAND_Subscribe, "t")); });
  (void)peer->read_command("subscribe");
  interrupt = true;
  REQUIRE(ends(call));
  CHECK(call.get() == AMPS_E_INTERRUPTED);
  amps_set_interrupt_hook(nullptr);
}

TEST_CASE_FIXTURE(ClientFixture, "a publish by execute waits for nothing, and shows the acks asked for") {
  log_on();
  Inbox inbox;
  Command command(AMPS_COMMAND_Publish, "t");
  command.data("x").acks(AMPS_ACK_Processed);
  CHECK(execute(command, &inbox) == AMPS_E_OK);
  const auto sent = peer->read_command("p");
  CHECK(sent->body() == "x");
  peer->ack(*sent);
  REQUIRE(inbox.wait(1));
  CHECK(eventually([&] { return inbox.released() == 1; }));
}

TEST_CASE_FIXTURE(ClientFixture, "flush waits for the server") {
  log_on();
  auto call = async([&] { return amps_client_publish_flush(client, 0, 0); });
  const auto flush = peer->read_command("flush");
  CHECK(flush->get(AMPS_AckType) == "processed");
  CHECK(call.wait_for(milliseconds(0)) == std::future_status::timeout);
  peer->ack(*flush);
  CHECK(call.get() == AMPS_E_OK);
}

TEST_CASE_FIXTURE(ClientFixture, "unsubscribe of everything says so and releases the handlers") {
  log_on();
  Inbox one, two;
  subscribe(one, "a");
  subscribe(two, "b");
  CHECK(amps_client_unsubscribe(client, span("")) == AMPS_E_OK);
  CHECK(peer->read_command("unsubscribe")->get(AMPS_SubscriptionId) == "all");
  CHECK(eventually([&] { return one.released() == 1 && two.released() == 1; }));
}

TEST_CASE_FIXTURE(ClientFixture, "replace without a handler keeps the one there is") {
  log_on();
  Inbox inbox;
  subscribe(inbox, "s");
  Command command(AMPS_COMMAND_Subscribe, "t");
  command.set(AMPS_SubscriptionId, "s").set(AMPS_Options, "replace");
  auto call = async([&] { return execute(command); });
  peer->accept("subscribe");
  CHECK(call.get() == AMPS_E_OK);
  publish_to("s", "x");
  CHECK(inbox.wait(1));
  CHECK(inbox.released() == 0);
}

TEST_CASE_FIXTURE(ClientFixture, "a failed replace leaves the subscription as it was") {
  log_on();
  Inbox inbox, other;
  subscribe(inbox, "s");
  Command command(AMPS_COMMAND_Subscribe, "t");
  command.set(AMPS_SubscriptionId, "s").set(AMPS_Options, "replace");
  auto call = async([&] { return execute(command, &other); });
  peer->fail(*peer->read_command("subscribe"), "bad filter");
  CHECK(call.get() == AMPS_E_FILTER);
  publish_to("s", "x");
  CHECK(inbox.wait(1));
  CHECK(other.released() == 1);
}

TEST_CASE("a number of a client that does not exist is refused") {
  amps_client_t* client = nullptr;
  REQUIRE(amps_client_new(&client, {nullptr, 0}, AMPS_CLIENT_KIND_PLAIN) == AMPS_E_OK);
  CHECK(amps_client_set_number(client, AMPS_CLIENT_NAME_HASH, 1) == AMPS_E_USAGE);
  CHECK(amps_client_set_number(client, AMPS_CLIENT_NUMBER_COUNT, 1) == AMPS_E_USAGE);
  CHECK(amps_client_connect(nullptr, "tcp://x:1/amps/json") == AMPS_E_USAGE);
  CHECK(amps_client_kind(client) == AMPS_CLIENT_KIND_PLAIN);
  CHECK(amps_client_kind(nullptr) == 0);
  amps_client_release(client);
}

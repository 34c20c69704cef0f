// SPDX-License-Identifier: Apache-2.0
#include "client/recovery.h"

#include <doctest/doctest.h>

#include "session_fixture.h"

using namespace test;
using std::chrono::milliseconds;

TEST_CASE_FIXTURE(HaFixture, "a lost session comes back with its subscriptions, in order") {
  start();
  Inbox one, two;
  subscribe(one, "a");
  subscribe(two, "b");
  for (int round = 0; round < 3; ++round) {
    peer->close();
    peer = server.accept();
    peer->accept_logon();
    CHECK(peer->accept("subscribe")->get(AMPS_SubscriptionId) == "a");
    CHECK(peer->accept("subscribe")->get(AMPS_SubscriptionId) == "b");
    publish_to("a,b", "again");
    REQUIRE(one.wait(static_cast<std::size_t>(round) + 1));
  }
  CHECK(one.released() == 0);
  amps_client_disconnect(client);
  CHECK(one.released() == 1);
  CHECK(two.released() == 1);
}

TEST_CASE_FIXTURE(HaFixture, "an unsubscribed subscription does not come back") {
  start();
  Inbox one, two;
  subscribe(one, "a");
  subscribe(two, "b");
  amps_client_unsubscribe(client, span("a"));
  (void)peer->read_command("unsubscribe");
  peer->close();
  peer = server.accept();
  peer->accept_logon();
  CHECK(peer->accept("subscribe")->get(AMPS_SubscriptionId) == "b");
}

TEST_CASE_FIXTURE(HaFixture, "publishing waits for the session and goes on") {
  start();
  peer->close();
  REQUIRE(eventually([&] { return core().session().is_restoring(); }));
  auto call = async([&] { return publish("t", "kept waiting"); });
  peer = server.accept();
  CHECK(call.wait_for(milliseconds(20)) == std::future_status::timeout);
  peer->accept_logon();
  CHECK(call.get() == AMPS_E_OK);
  CHECK(peer->read_command("p")->body() == "kept waiting");
}

TEST_CASE_FIXTURE(HaFixture, "a waiting command is sent again, or fails when retrying is off") {
  start();
  Inbox inbox;
  auto call = async([&] { return execute(Command(AMPS_COMMAND_Subscribe, "t"), &inbox); });
  (void)peer->read_command("subscribe");
  peer->close();
  peer = server.accept();
  peer->accept_logon();
  peer->accept("subscribe");
  CHECK(call.get() == AMPS_E_OK);
  CHECK(inbox.released() == 0);
  amps_client_set_number(client, AMPS_CLIENT_RETRY_ON_DISCONNECT, 0);
  auto failing = async([&] { return execute(Command(AMPS_COMMAND_Subscribe, "t")); });
  (void)peer->read_command("subscribe");
  peer->close();
  CHECK(failing.get() == AMPS_E_DISCONNECTED);
}

TEST_CASE_FIXTURE(HaFixture, "disconnect ends a recovery that finds no server") {
  start();
  server.stop();
  peer->close();
  REQUIRE(eventually([&] { return core().session().is_restoring(); }));
  auto call = async([&] { return amps_client_disconnect(client); });
  REQUIRE(ends(call));
  CHECK(publish("t", "x") == AMPS_E_DISCONNECTED);
}

TEST_CASE_FIXTURE(HaFixture, "a server that accepts and says nothing is left") {
  amps_client_set_number(client, AMPS_CLIENT_CONNECT_TIMEOUT_MS, 50);
  auto call = async([&] { return amps_client_connect_and_logon(client); });
  const auto silent = server.accept();
  (void)silent->read_command("logon");
  CHECK(silent->is_closed(kPatience));
  amps_client_set_number(client, AMPS_CLIENT_CONNECT_TIMEOUT_MS, 30'000);
  do {
    peer = server.accept();  // An attempt may still have had the short limit.
  } while (peer->try_read_command("logon", milliseconds(100)) == nullptr);
  amps_client_disconnect(client);
  REQUIRE(ends(call));
}

TEST_CASE_FIXTURE(HaFixture, "a command that runs out of time during a recovery says so") {
  start();
  peer->close();
  REQUIRE(eventually([&] { return core().session().is_restoring(); }));
  CHECK(execute(Command(AMPS_COMMAND_Subscribe, "t"), nullptr, 50) == AMPS_E_TIMED_OUT);
  CHECK(amps_client_publish_flush(client, 50, 0) == AMPS_E_TIMED_OUT);
}

TEST_CASE_FIXTURE(HaFixture, "an empty chooser gives up with its reason") {
  amps_default_chooser_remove(chooser, span(server.uri()));
  CHECK(amps_client_connect_and_logon(client) == AMPS_E_CONNECTION);
}

TEST_CASE_FIXTURE(HaFixture, "connect_and_logon gives up after its time") {
  server.stop();
  amps_client_set_number(client, AMPS_CLIENT_TIMEOUT_MS, 100);
  CHECK(amps_client_connect_and_logon(client) == AMPS_E_TIMED_OUT);
}

TEST_CASE_FIXTURE(HaFixture, "a strategy that gives up ends connect_and_logon") {
  server.stop();
  const amps_delay_strategy_vt_t* delay = nullptr;
  void* self = nullptr;
  REQUIRE(amps_fixed_delay_new(1, 50, &delay, &self) == AMPS_E_OK);
  amps_client_set_delay_strategy(client, delay, self);
  delay->release(self);
  CHECK(amps_client_connect_and_logon(client) == AMPS_E_RECONNECT_MAX);
}

TEST_CASE_FIXTURE(HaFixture, "a subscription the server refuses is dropped when the handler says so") {
  start();
  static std::atomic<int> asked;
  asked = 0;
  static const amps_failed_resubscribe_vt_t kDrop = {
      sizeof(amps_failed_resubscribe_vt_t), nullptr, nullptr, nullptr,
      [](void*, amps_message_ref_t*, std::uint32_t, std::int32_t code, amps_span_t, std::int32_t* drop) {
        CHECK(code == AMPS_E_NOT_ENTITLED);
        ++asked;
        *drop = 1;
        return AMPS_E_OK;
      }};
  amps_client_set_failed_resubscribe(client, &kDrop, nullptr);
  Inbox one, two;
  subscribe(one, "a");
  subscribe(two, "b");
  peer->close();
  peer = server.accept();
  peer->accept_logon();
  peer->fail(*peer->read_command("subscribe"), "not entitled");
  peer->accept("subscribe");
  CHECK(eventually([&] { return one.released() == 1; }));
  CHECK(asked == 1);
  CHECK(two.released() == 0);
}

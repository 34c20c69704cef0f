// SPDX-License-Identifier: Apache-2.0
#include "client/connection.h"

#include <doctest/doctest.h>

#include "session_fixture.h"

using namespace test;
using std::chrono::milliseconds;

namespace {

// A handler that stays inside its first call until told to leave.
struct Stuck {
  std::promise<void> leave;
  std::atomic<bool> is_inside{false};
  std::atomic<int> inside_now{0}, inside_most{0};
  Inbox inbox;  // Goes first, and waits for its call.
  Stuck() {
    inbox.on_message = [this](amps_message_ref_t* message) {
      const int now = ++inside_now;
      if (now > inside_most) inside_most = now;
      if (text(message->body->data) == "stick") {
        is_inside = true;
        leave.get_future().wait();
      }
      --inside_now;
    };
  }
};

}  // namespace

TEST_CASE_FIXTURE(ClientFixture, "a command's ack is found while a handler is stuck, and order is kept") {
  log_on();
  Stuck stuck;
  subscribe(stuck.inbox, "s");
  publish_to("s", "stick");
  REQUIRE(eventually([&] { return stuck.is_inside.load(); }));
  for (int i = 0; i < 100; ++i) publish_to("s", std::to_string(i));
  Inbox other;
  subscribe(other, "t");  // Waits for an ack behind a hundred messages.
  for (int i = 100; i < 200; ++i) publish_to("s", std::to_string(i));
  CHECK(stuck.inbox.count() == 1);
  stuck.leave.set_value();
  REQUIRE(stuck.inbox.wait(201));
  for (std::size_t i = 0; i < 200; ++i) CHECK(stuck.inbox.at(i + 1).data == std::to_string(i));
  publish_to("t", "later");
  CHECK(other.wait(1));
  CHECK(stuck.inside_most == 1);
}

TEST_CASE_FIXTURE(ClientFixture, "user acks settled by others are delivered in their place") {
  log_on();
  Stuck stuck;
  subscribe(stuck.inbox, "s");
  publish_to("s", "stick");
  REQUIRE(eventually([&] { return stuck.is_inside.load(); }));
  publish_to("s", "before");
  Inbox other;
  subscribe(other, "t", AMPS_ACK_Processed);
  CHECK(other.count() == 0);
  stuck.leave.set_value();
  REQUIRE(other.wait(1));
  CHECK(stuck.inbox.count() == 2);
  CHECK(number(AMPS_CLIENT_UNKNOWN_ACK_COUNT) == 0);
}

TEST_CASE_FIXTURE(ClientFixture, "heartbeats go out while a handler is stuck") {
  log_on();
  CHECK(amps_client_set_heartbeat(client, 1, 30) == AMPS_E_OK);
  CHECK(peer->read_command("heartbeat")->get(AMPS_Options) == "start,1");
  Stuck stuck;
  subscribe(stuck.inbox, "s");
  publish_to("s", "stick");
  REQUIRE(eventually([&] { return stuck.is_inside.load(); }));
  CHECK(peer->read_command("heartbeat")->get(AMPS_Options) == "beat");
  CHECK(peer->read_command("heartbeat")->get(AMPS_Options) == "beat");
  stuck.leave.set_value();
}

TEST_CASE_FIXTURE(ClientFixture, "a server's heartbeat is answered") {
  log_on();
  peer->send(R"({"c":"heartbeat"})");
  CHECK(peer->read_command("heartbeat")->get(AMPS_Options) == "beat");
}

TEST_CASE_FIXTURE(ClientFixture, "silence longer than the time-out is a loss") {
  log_on();
  CHECK(amps_client_set_heartbeat(client, 1, 1) == AMPS_E_OK);
  CHECK(peer->is_closed(kPatience));
  CHECK(eventually([&] { return number(AMPS_CLIENT_DISCONNECTED) == 1; }));
}

TEST_CASE_FIXTURE(ClientFixture, "a handler may publish and wait for the answer of another client") {
  log_on();
  std::promise<void> answered;
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t*) {
    CHECK(publish("t", "question") == AMPS_E_OK);
    answered.get_future().wait();
  };
  subscribe(inbox, "s");
  publish_to("s", "go");
  CHECK(peer->read_command("p")->body() == "question");  // Although the handler has not returned.
  answered.set_value();
}

TEST_CASE_FIXTURE(HaFixture, "a connection lost before its turn delivers nothing beside a stuck handler") {
  start();
  Stuck stuck;
  subscribe(stuck.inbox, "s");
  publish_to("s", "stick");
  REQUIRE(eventually([&] { return stuck.is_inside.load(); }));
  for (int lost = 0; lost < 2; ++lost) {
    peer->close();
    // Somebody has to notice: the publisher does.
    while (!server.has_connection(milliseconds(0))) (void)publish("t", "x", AMPS_PUBLISH_NO_WAIT);
    peer = server.accept();
    peer->accept_logon();
    peer->accept("subscribe");
    REQUIRE(eventually([&] { return number(AMPS_CLIENT_DISCONNECTED) == 0; }));
    publish_to("s", "of a connection that is lost");
    Inbox other;
    subscribe(other, "t");  // All before is read.
    amps_client_unsubscribe(client, span("t"));
    (void)peer->read_command("unsubscribe");
  }
  publish_to("s", "of this connection");
  stuck.leave.set_value();
  REQUIRE(stuck.inbox.wait(3));
  CHECK(stuck.inbox.at(1).data == "of a connection that is lost");
  CHECK(stuck.inbox.at(2).data == "of this connection");
  CHECK(stuck.inside_most == 1);
}

TEST_CASE_FIXTURE(HaFixture,
                  "a session is restored while an old handler is stuck, and two never run at once") {
  start();
  Stuck stuck;
  subscribe(stuck.inbox, "s");
  publish_to("s", "stick");
  REQUIRE(eventually([&] { return stuck.is_inside.load(); }));
  peer->close();
  // Somebody has to notice: the publisher does.
  auto publisher = async([&] {
    while (!server.has_connection(milliseconds(0))) (void)publish("t", "x", AMPS_PUBLISH_NO_WAIT);
  });
  publisher.get();
  peer = server.accept();
  peer->accept_logon();
  CHECK(peer->accept("subscribe")->get(AMPS_SubscriptionId) == "s");
  REQUIRE(eventually([&] { return number(AMPS_CLIENT_DISCONNECTED) == 0; }));
  publish_to("s", "new");
  Inbox other;
  subscribe(other, "t");
  CHECK(stuck.inbox.count() == 1);
  stuck.leave.set_value();
  REQUIRE(stuck.inbox.wait(2));
  CHECK(stuck.inbox.at(1).data == "new");
  CHECK(stuck.inside_most == 1);
}

// SPDX-License-Identifier: Apache-2.0
#include "client/heartbeat.h"

#include <doctest/doctest.h>

#include "session_fixture.h"

using namespace test;
using amps::client::ConnectionPtr;
using amps::client::Heartbeat;
using amps::client::TimerTask;

namespace {

// A heartbeat of its own on a real connection; its time is what the test says.
struct HeartbeatFixture : ClientFixture {
  Heartbeat heartbeat;
  ConnectionPtr connection;
  std::uint64_t began = 0;

  void begin(std::uint32_t interval_s, std::uint32_t timeout_s) {
    log_on();
    connection = core().session().connection();
    heartbeat.set(interval_s, timeout_s);
    REQUIRE(heartbeat.start(*connection).ok());
    CHECK(next_option() == "start," + std::to_string(interval_s));
    began = amps::client::now_ms();
    (void)tick_after(0);  // What was read and written until now is known.
  }
  std::uint64_t tick_after(std::uint64_t ms) { return heartbeat.tick(*connection, began + ms); }
  std::string next_option() { return peer->read_command("heartbeat")->get(AMPS_Options); }
  bool is_quiet() { return peer->try_read(std::chrono::milliseconds(5)) == nullptr; }
  // The client has read something new.
  void say_something() {
    const std::uint64_t before = connection->reads();
    publish_to("nobody", "x");
    REQUIRE(eventually([&] { return connection->reads() > before; }));
  }
};

}  // namespace

TEST_CASE_FIXTURE(HeartbeatFixture, "who has been silent for an interval beats, and looks four times in it") {
  begin(10, 100);
  CHECK(tick_after(1'000) == began + 3'500);
  CHECK(is_quiet());
  CHECK(tick_after(9'000) == began + 11'500);
  CHECK(next_option() == "beat");
  (void)tick_after(10'000);  // The beat was traffic.
  CHECK(is_quiet());
}

TEST_CASE_FIXTURE(HeartbeatFixture, "traffic in place of a beat is as good") {
  begin(10, 100);
  (void)tick_after(6'000);
  const std::uint64_t before = connection->writes();
  CHECK(publish("t", "x") == AMPS_E_OK);
  REQUIRE(eventually([&] { return connection->writes() > before; }));
  CHECK(peer->read_command("p")->body() == "x");
  (void)tick_after(9'000);
  (void)tick_after(15'000);
  CHECK(is_quiet());
}

TEST_CASE_FIXTURE(HeartbeatFixture,
                  "silence of the server for the time-out is the end, a frame in time is not") {
  begin(10, 30);
  (void)tick_after(29'000);
  CHECK(!connection->is_failed());
  say_something();
  (void)tick_after(29'500);
  (void)tick_after(59'000);
  CHECK(!connection->is_failed());
  CHECK(tick_after(59'500) == TimerTask::kNever);
  CHECK(connection->is_failed());
  CHECK(connection->failure().code() == AMPS_E_DISCONNECTED);
  CHECK(connection->failure().text() == "nothing was received for 30000 ms, the heartbeat time-out");
}

TEST_CASE_FIXTURE(HeartbeatFixture, "a time-out of zero is twice the interval") {
  begin(10, 0);
  (void)tick_after(19'000);
  CHECK(!connection->is_failed());
  (void)tick_after(21'000);
  CHECK(connection->is_failed());
}

TEST_CASE_FIXTURE(HeartbeatFixture, "turned off, the server is told and nothing is watched") {
  begin(10, 20);
  heartbeat.set(0, 0);
  CHECK(!heartbeat.is_set());
  REQUIRE(heartbeat.start(*connection).ok());
  CHECK(next_option() == "stop");
  CHECK(tick_after(1'000'000) == TimerTask::kNever);
  CHECK(!connection->is_failed());
}

TEST_CASE_FIXTURE(HeartbeatFixture, "only the connection it was started on is watched") {
  begin(10, 20);
  amps_client_disconnect(client);
  const ConnectionPtr old = connection;
  log_on();
  connection = core().session().connection();
  CHECK(tick_after(1'000'000) == TimerTask::kNever);
  CHECK(!connection->is_failed());
}

TEST_CASE_FIXTURE(HeartbeatFixture, "a timer that looked at the clock before the start calls nobody silent") {
  begin(10, 100);
  CHECK(heartbeat.tick(*connection, began - 50) != TimerTask::kNever);
  CHECK_FALSE(connection->is_failed());
}

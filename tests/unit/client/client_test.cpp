// SPDX-License-Identifier: Apache-2.0
#include "client/client.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/thread_context.h"
#include "session_fixture.h"

using namespace test;
using amps::client::Client;

TEST_CASE("the last reference closes the connection, others do not") {
  FakeServer server;
  auto* client = new Client("counted", AMPS_CLIENT_KIND_PLAIN);
  REQUIRE(client->session().connect(server.uri()).ok());
  const auto peer = server.accept();
  client->retain();
  client->release();
  CHECK(!peer->is_closed(std::chrono::milliseconds(5)));
  client->release();
  CHECK(peer->is_closed(kPatience));
}

TEST_CASE("what has been given up for good cannot be taken again") {
  auto* client = new Client("gone", AMPS_CLIENT_KIND_PLAIN);
  amps::client::hold(client);
  CHECK(client->try_retain());
  client->release();
  client->release();
  CHECK(!client->try_retain());
  amps::client::unhold(client);
}

TEST_CASE("memory that is held outlives the connection") {
  FakeServer server;
  auto* client = new Client("held", AMPS_CLIENT_KIND_PLAIN);
  REQUIRE(client->session().connect(server.uri()).ok());
  const auto peer = server.accept();
  amps::client::hold(client);
  client->release();
  CHECK(peer->is_closed(kPatience));
  CHECK(client->number(AMPS_CLIENT_DISCONNECTED) == 1);
  client->wake_timer(amps::client::now_ms());  // The timer must not keep what the last holder lets go.
  amps::client::unhold(client);
}

TEST_CASE("an HA client comes with a delay strategy and a subscription manager, a plain one without") {
  auto* ha = new Client("ha", AMPS_CLIENT_KIND_HA);
  CHECK(ha->is_ha());
  CHECK(static_cast<bool>(ha->plugins().get<amps_delay_strategy_vt_t>()));
  CHECK(static_cast<bool>(ha->plugins().get<amps_subscription_manager_vt_t>()));
  CHECK(!static_cast<bool>(ha->plugins().get<amps_server_chooser_vt_t>()));
  ha->release();
  auto* plain = new Client("plain", AMPS_CLIENT_KIND_PLAIN);
  CHECK(!plain->is_ha());
  CHECK(!static_cast<bool>(plain->plugins().get<amps_subscription_manager_vt_t>()));
  plain->release();
}

TEST_CASE("waiting is refused where it would never end, and only there") {
  auto* client = new Client("waiting", AMPS_CLIENT_KIND_PLAIN);
  auto* other = new Client("other", AMPS_CLIENT_KIND_PLAIN);
  CHECK(client->may_wait().ok());
  amps::client::thread_context().delivering = client;
  CHECK(client->may_wait().code() == AMPS_E_USAGE);
  CHECK(other->may_wait().ok());  // A handler may wait for the answer of another client.
  amps::client::thread_context().delivering = nullptr;
  {
    const amps::client::NoWaitScope listener;
    CHECK(client->may_wait().code() == AMPS_E_USAGE);
  }
  client->release();
  other->release();
}

TEST_CASE("the latest failure of a client is kept for every thread") {
  auto* client = new Client("failing", AMPS_CLIENT_KIND_PLAIN);
  CHECK(client->failure().ok());
  async([&] { client->set_failure(amps::Status(AMPS_E_STREAM, "there")); }).get();
  CHECK(client->failure().text() == "there");
  client->release();
}

TEST_CASE_FIXTURE(ClientFixture,
                  "REL-26: in a forked child the client is foreign, and the parent's session goes on") {
  log_on();
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_refused = publish("t", "from the child") == AMPS_E_USAGE && core().is_foreign();
    amps_client_disconnect(client);
    amps_client_release(client);
    ::_exit(is_refused ? 0 : 1);
  }
  REQUIRE(child > 0);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(publish("t", "from the parent") == AMPS_E_OK);
  CHECK(peer->read_command("p")->body() == "from the parent");
}

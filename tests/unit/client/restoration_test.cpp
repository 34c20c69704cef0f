// SPDX-License-Identifier: Apache-2.0
// Losing and restoring a session: Session's part in restoration.cpp.
#include <doctest/doctest.h>

#include <functional>
#include <mutex>
#include <utility>

#include "client/session.h"
#include "session_fixture.h"

using namespace test;
using std::chrono::milliseconds;

TEST_CASE_FIXTURE(ClientFixture, "a loss is announced after the connection it ends, however soon it comes") {
  struct Heard {
    ClientFixture* fixture;
    std::mutex mutex;
    std::vector<std::int32_t> states;
  } heard{this, {}, {}};
  amps_state_listener_t listener{};
  listener.struct_size = sizeof listener;
  listener.userdata = &heard;
  listener.fn = [](std::int32_t state, void* userdata) {
    auto* h = static_cast<Heard*>(userdata);
    if (state == AMPS_STATE_Connected) {
      h->fixture->server.accept()->close();
      const auto connection = h->fixture->core().session().connection();
      (void)eventually([&] { return connection == nullptr || connection->is_failed(); });
    }
    const std::lock_guard<std::mutex> lock(h->mutex);
    h->states.push_back(state);
  };
  amps_client_add_state_listener(client, &listener);
  REQUIRE(amps_client_connect(client, server.uri().c_str()) == AMPS_E_OK);
  CHECK(eventually([&] {
    const std::lock_guard<std::mutex> lock(heard.mutex);
    return heard.states.size() == 2;
  }));
  amps_client_disconnect(client);
  CHECK((heard.states == std::vector<std::int32_t>{AMPS_STATE_Connected, AMPS_STATE_Disconnected}));
}

TEST_CASE_FIXTURE(ClientFixture, "a disconnect handler may give up and start anew") {
  log_on();
  static std::atomic<int> restored;
  restored = 0;
  amps_disconnect_handler_t handler{};
  handler.struct_size = sizeof handler;
  handler.userdata = this;
  handler.fn = [](amps_client_ref_t* ref, void* userdata) {
    amps_client_disconnect(ref->body);
    const std::string uri = static_cast<ClientFixture*>(userdata)->server.uri();
    CHECK(amps_client_connect(ref->body, uri.c_str()) == AMPS_E_OK);
    CHECK(amps_client_logon(ref->body, nullptr, nullptr, nullptr, 0, nullptr) == AMPS_E_OK);
    ++restored;
    return AMPS_E_OK;
  };
  amps_client_set_lost_handler(client, &handler);
  for (int round = 0; round < 2; ++round) {
    peer->close();
    peer = server.accept();
    peer->accept_logon();
    REQUIRE(eventually([&] { return restored == round + 1; }));
  }
}

TEST_CASE_FIXTURE(ClientFixture, "the disconnect handler restores the session on its own") {
  log_on();
  struct Lost {
    ClientFixture* fixture;
    std::atomic<int> calls{0};
  } lost{this};
  amps_disconnect_handler_t handler{};
  handler.struct_size = sizeof handler;
  handler.userdata = &lost;
  handler.fn = [](amps_client_ref_t* ref, void* userdata) {
    auto* l = static_cast<Lost*>(userdata);
    ++l->calls;
    const amps_result connected = amps_client_connect(ref->body, l->fixture->server.uri().c_str());
    if (connected != AMPS_E_OK) return connected;
    return amps_client_logon(ref->body, nullptr, nullptr, nullptr, 0, nullptr);
  };
  amps_client_set_lost_handler(client, &handler);
  auto call = async([&] { return execute(Command(AMPS_COMMAND_Subscribe, "t")); });
  (void)peer->read_command("subscribe");
  peer->close();
  peer = server.accept();
  auto publisher = async([&] { return publish("t", "while it logs on"); });
  const auto logon = peer->read();
  CHECK(logon->get(AMPS_Command) == "logon");
  CHECK(peer->try_read(milliseconds(20)) == nullptr);  // Nothing of others' before the session is there.
  peer->ack(*logon);
  peer->accept("subscribe");  // The interrupted command is sent again.
  CHECK(publisher.get() == AMPS_E_OK);
  CHECK(call.get() == AMPS_E_OK);
  CHECK(lost.calls == 1);
  amps_client_disconnect(client);
  CHECK(lost.calls == 1);
}

namespace {

// A chooser with one server, during whose choice something happens.
struct MeddlingChooser {
  std::string uri;
  std::mutex mutex;
  std::function<void()> meddle;  // Guarded by the mutex.
  void meddle_once(std::function<void()> how) {
    const std::lock_guard<std::mutex> lock(mutex);
    meddle = std::move(how);
  }
  std::function<void()> take() {
    const std::lock_guard<std::mutex> lock(mutex);
    return std::exchange(meddle, nullptr);
  }
  static amps_result current_uri(void* self, amps_span_t* uri) {
    auto& chooser = *static_cast<MeddlingChooser*>(self);
    if (const std::function<void()> meddle = chooser.take()) meddle();
    *uri = span(chooser.uri);
    return AMPS_E_OK;
  }
  static const amps_server_chooser_vt_t* table() {
    static const amps_server_chooser_vt_t table = [] {
      amps_server_chooser_vt_t made{};
      made.struct_size = sizeof made;
      made.current_uri = current_uri;
      return made;
    }();
    return &table;
  }
};

struct MeddlerHolder {
  MeddlingChooser meddler;  // Outlives the client.
};

struct MeddlerFixture : MeddlerHolder, HaFixture {
  MeddlerFixture() {
    meddler.uri = server.uri();
    amps_client_set_server_chooser(client, MeddlingChooser::table(), &meddler);
  }
};

}  // namespace

TEST_CASE_FIXTURE(MeddlerFixture, "a disconnect in the middle of an attempt leaves no connection behind") {
  start();
  const std::uint64_t epoch = core().session().epoch();
  std::promise<void> choosing;
  meddler.meddle_once([&] {
    choosing.set_value();
    (void)eventually([&] { return core().session().epoch() != epoch; });
  });
  peer->close();
  REQUIRE(choosing.get_future().wait_for(kPatience) == std::future_status::ready);
  auto call = async([&] { return amps_client_disconnect(client); });
  REQUIRE(ends(call));
  CHECK(!server.has_connection(milliseconds(0)));
  CHECK(number(AMPS_CLIENT_DISCONNECTED) == 1);
  start();  // And a new beginning works.
}

TEST_CASE_FIXTURE(MeddlerFixture, "a chooser that connects by itself is told, not hung") {
  std::atomic<int> nested{0};
  meddler.meddle_once([&] { nested = amps_client_connect_and_logon(client); });
  start();
  CHECK(nested == AMPS_E_USAGE);
}

TEST_CASE_FIXTURE(HaFixture, "who asks for a connection while it is being made gets the same one") {
  auto one = async([&] { return amps_client_connect_and_logon(client); });
  peer = server.accept();
  auto two = async([&] { return amps_client_connect_and_logon(client); });
  peer->accept_logon();
  REQUIRE(ends(one));
  REQUIRE(ends(two));
  CHECK(one.get() == AMPS_E_OK);
  const amps_result second = two.get();
  CHECK((second == AMPS_E_OK || second == AMPS_E_ALREADY_CONNECTED));  // It may have come late.
  CHECK(amps_client_connect_and_logon(client) == AMPS_E_ALREADY_CONNECTED);
}

TEST_CASE_FIXTURE(HaFixture, "a disconnect handler may restore the session by connect_and_logon") {
  start();
  amps_disconnect_handler_t handler{};
  handler.struct_size = sizeof handler;
  handler.fn = [](amps_client_ref_t* ref, void*) { return amps_client_connect_and_logon(ref->body); };
  amps_client_set_lost_handler(client, &handler);
  for (int round = 0; round < 2; ++round) {
    peer->close();
    peer = server.accept();
    peer->accept_logon();
    auto call = async([&] { return amps_client_publish_flush(client, 0, 0); });
    peer->ack(*peer->read_command("flush"));
    CHECK(call.get() == AMPS_E_OK);
  }
}

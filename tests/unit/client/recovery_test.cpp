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

namespace {

// A chooser with one server, during whose choice something happens.
struct MeddlingChooser {
  std::string uri;
  std::function<void()> meddle;
  static amps_result current_uri(void* self, amps_span_t* uri) {
    auto& chooser = *static_cast<MeddlingChooser*>(self);
    if (chooser.meddle) std::exchange(chooser.meddle, nullptr)();
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

}  // namespace

TEST_CASE_FIXTURE(HaFixture, "a disconnect in the middle of an attempt leaves no connection behind") {
  MeddlingChooser meddler{server.uri(), nullptr};
  amps_client_set_server_chooser(client, MeddlingChooser::table(), &meddler);
  start();
  const std::uint64_t epoch = core().session().epoch();
  std::promise<void> choosing;
  meddler.meddle = [&] {
    choosing.set_value();
    (void)eventually([&] { return core().session().epoch() != epoch; });
  };
  peer->close();
  REQUIRE(choosing.get_future().wait_for(kPatience) == std::future_status::ready);
  auto call = async([&] { return amps_client_disconnect(client); });
  REQUIRE(ends(call));
  CHECK(!server.has_connection(milliseconds(0)));
  CHECK(number(AMPS_CLIENT_DISCONNECTED) == 1);
  start();  // And a new beginning works.
}

TEST_CASE_FIXTURE(HaFixture, "a chooser that connects by itself is told, not hung") {
  MeddlingChooser meddler{server.uri(), nullptr};
  amps_client_set_server_chooser(client, MeddlingChooser::table(), &meddler);
  std::atomic<int> nested{0};
  meddler.meddle = [&] { nested = amps_client_connect_and_logon(client); };
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

namespace {

struct Store {
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, std::string>> kept;
  std::uint64_t last = 0;

  static Store& of(void* self) { return *static_cast<Store*>(self); }
  static amps_result store(void* self, amps_message_ref_t* message, std::uint64_t* sequence) {
    const std::lock_guard<std::mutex> lock(of(self).mutex);
    *sequence = ++of(self).last;
    of(self).kept.emplace_back(*sequence, text(message->body->data));
    return AMPS_E_OK;
  }
  static amps_result discard_up_to(void* self, std::uint64_t sequence) {
    const std::lock_guard<std::mutex> lock(of(self).mutex);
    auto& kept = of(self).kept;
    while (!kept.empty() && kept.front().first <= sequence) kept.erase(kept.begin());
    return AMPS_E_OK;
  }
  static amps_result replay(void* self, amps_store_replay_fn replay, void* userdata) {
    std::vector<std::pair<std::uint64_t, std::string>> kept;
    {
      const std::lock_guard<std::mutex> lock(of(self).mutex);
      kept = of(self).kept;
    }
    for (const auto& [sequence, data] : kept) {
      Command message(AMPS_COMMAND_Publish, "t");
      message.data(data);
      amps_message_set_field_uint64(message.get(), AMPS_Sequence, sequence);
      amps_message_ref_t ref{message.get()};
      const amps_result result = replay(&ref, userdata);
      if (result != AMPS_E_OK) return result;
    }
    return AMPS_E_OK;
  }
  std::size_t count() {
    const std::lock_guard<std::mutex> lock(mutex);
    return kept.size();
  }
};

const amps_publish_store_vt_t kStore = {sizeof(amps_publish_store_vt_t), nullptr, nullptr, nullptr, Store::store,
                                        Store::discard_up_to, Store::replay, nullptr, nullptr, nullptr, nullptr, nullptr};

}  // namespace

TEST_CASE_FIXTURE(HaFixture, "stored publishes are numbered, kept until persisted, and sent again") {
  Store store;
  REQUIRE(amps_client_set_publish_store(client, &kStore, &store) == AMPS_E_OK);
  start();
  CHECK(amps_client_set_publish_store(client, nullptr, nullptr) == AMPS_E_ALREADY_CONNECTED);
  for (const char* data : {"1", "2", "3"}) CHECK(publish("t", data) == AMPS_E_OK);
  for (const char* number : {"1", "2", "3"}) {
    const auto sent = peer->read_command("p");
    CHECK(sent->get(AMPS_Sequence) == number);
    CHECK(sent->get(AMPS_AckType) == "persisted");
  }
  peer->send(R"({"c":"ack","a":"persisted","status":"success","s":1})");
  CHECK(eventually([&] { return store.count() == 2; }));
  peer->send(R"({"c":"ack","a":"persisted","status":"success","s":99})");
  CHECK(eventually([&] { return !reports().empty(); }));
  CHECK(store.count() == 2);
  peer->close();
  REQUIRE(eventually([&] { return core().session().is_restoring(); }));
  CHECK(publish("t", "4") == AMPS_E_OK);  // Only stored.
  peer = server.accept();
  const auto logon = peer->read_command("logon");
  peer->ack(*logon, R"(,"s":2)");
  CHECK(peer->read_command("p")->get(AMPS_Sequence) == "3");
  CHECK(peer->read_command("p")->body() == "4");
  CHECK(store.count() == 2);
}

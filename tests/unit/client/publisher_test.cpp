// SPDX-License-Identifier: Apache-2.0
#include "client/publisher.h"

#include <doctest/doctest.h>

#include "store_fixture.h"

using namespace test;
using std::chrono::milliseconds;

TEST_CASE_FIXTURE(StoreFixture, "stored publishes are numbered, kept until persisted, and sent again") {
  start_with_store();
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

TEST_CASE_FIXTURE(StoreFixture, "a store that refuses a message fails the publish, and nothing is sent") {
  start_with_store();
  store.answer = AMPS_E_STORE;
  CHECK(publish("t", "1") == AMPS_E_STORE);
  store.answer = AMPS_E_OK;
  CHECK(publish("t", "2") == AMPS_E_OK);
  CHECK(peer->read_command("p")->body() == "2");
}

TEST_CASE_FIXTURE(StoreFixture, "C1: a publish that ends while it waits for room is not in the store") {
  amps_client_set_number(client, AMPS_CLIENT_OUTBOUND_BYTES_MAX, 100'000);
  start_with_store();
  const std::string body(50'000, 'x');
  std::uint64_t count = 0;
  amps_result result = AMPS_E_OK;
  amps_set_interrupt_hook([]() -> std::int32_t { return 1; });
  while ((result = publish("t", body)) == AMPS_E_OK) ++count;
  amps_set_interrupt_hook(nullptr);
  CHECK(result == AMPS_E_INTERRUPTED);
  CHECK(store.count() == count);
  // Else its number would go out after those of later messages, and the server would take it for an old one.
  for (std::uint64_t i = 1; i <= count; ++i)
    REQUIRE(peer->read_command("p")->get(AMPS_Sequence) == std::to_string(i));
  CHECK(publish("t", "next") == AMPS_E_OK);
  const auto next = peer->read_command("p");
  CHECK(next->get(AMPS_Sequence) == std::to_string(count + 1));
  CHECK(next->body() == "next");
}

TEST_CASE_FIXTURE(StoreFixture, "PY: sequence numbers go out in order from however many threads") {
  start_with_store();
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  std::vector<std::future<void>> publishers;
  for (int i = 0; i < kThreads; ++i) {
    publishers.push_back(async([&] {
      for (int j = 0; j < kEach; ++j) CHECK(publish("t", "x") == AMPS_E_OK);
    }));
  }
  for (int number = 1; number <= kThreads * kEach; ++number) {
    REQUIRE(peer->read_command("p")->get(AMPS_Sequence) == std::to_string(number));
  }
  for (auto& publisher : publishers) publisher.get();
  CHECK(number(AMPS_CLIENT_UNPERSISTED_COUNT) == kThreads * kEach);
}

TEST_CASE_FIXTURE(StoreFixture, "what is published while the store is replayed goes out after it, once") {
  start_with_store();
  for (int i = 1; i <= 3; ++i) CHECK(publish("t", std::to_string(i)) == AMPS_E_OK);
  for (int i = 1; i <= 3; ++i) (void)peer->read_command("p");
  peer->close();
  REQUIRE(eventually([&] { return core().session().is_restoring(); }));
  auto publisher = async([&] {
    for (int i = 4; i <= 20; ++i) CHECK(publish("t", std::to_string(i)) == AMPS_E_OK);
  });
  peer = server.accept();
  peer->accept_logon();
  for (int i = 1; i <= 20; ++i) CHECK(peer->read_command("p")->body() == std::to_string(i));
  publisher.get();
}

TEST_CASE_FIXTURE(StoreFixture, "a refused write comes back with its message, and is finished") {
  struct Refused {
    std::promise<std::string> what;
  } refused;
  amps_failed_write_handler_t handler{};
  handler.struct_size = sizeof handler;
  handler.userdata = &refused;
  handler.fn = [](amps_message_ref_t* message, amps_span_t reason, void* userdata) {
    static_cast<Refused*>(userdata)->what.set_value(text(message->body->data) + ": " + text(reason));
  };
  amps_client_set_failed_write_handler(client, &handler);
  start_with_store();
  CHECK(publish("t", "unwanted") == AMPS_E_OK);
  peer->send(R"({"c":"ack","a":"persisted","status":"failure","reason":"not entitled","s":1})");
  CHECK(refused.what.get_future().get() == "unwanted: not entitled");
  CHECK(eventually([&] { return store.count() == 0; }));
  amps_client_set_failed_write_handler(client, nullptr);
}

TEST_CASE_FIXTURE(ClientFixture, "without a store a publish has no number, and flush asks the server") {
  log_on();
  std::uint64_t sequence = 99;
  CHECK(amps_client_publish(client, span("t"), span("x"), AMPS_NO_EXPIRATION, 0, &sequence) == AMPS_E_OK);
  CHECK(sequence == 0);
  CHECK(!peer->read_command("p")->header.has(AMPS_Sequence));
  auto call = async([&] { return amps_client_publish_flush(client, 0, AMPS_ACK_Completed); });
  const auto flush = peer->read_command("flush");
  CHECK(flush->get(AMPS_AckType) == "completed");
  peer->ack(*flush, "", "completed");
  CHECK(call.get() == AMPS_E_OK);
}

TEST_CASE_FIXTURE(HaFixture, "who must not wait is told that the session is being restored") {
  start();
  peer->close();
  REQUIRE(eventually([&] { return core().session().is_restoring(); }));
  CHECK(publish("t", "x", AMPS_PUBLISH_NO_WAIT) == AMPS_E_WOULD_BLOCK);
}

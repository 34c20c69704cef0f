// SPDX-License-Identifier: Apache-2.0
#include "client/session.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "session_fixture.h"

using namespace test;
using std::chrono::milliseconds;

TEST_CASE_FIXTURE(ClientFixture, "logon says who we are and keeps what the server is") {
  connect();
  amps_client_set_text(client, AMPS_CLIENT_LANGUAGE, span("test"));
  amps_client_set_text(client, AMPS_CLIENT_LOGON_CORRELATION, span("QQ=="));
  auto call = async([&] { return amps_client_logon(client, nullptr, nullptr, "pretty=true", 0, nullptr); });
  const auto logon = peer->accept_logon();
  CHECK(call.get() == AMPS_E_OK);
  CHECK(logon->get(AMPS_ClientName) == "tester");
  CHECK(logon->get(AMPS_MessageType) == "json");
  CHECK(logon->get(AMPS_AckType) == "processed");
  CHECK(logon->get(AMPS_Options) == "pretty=true");
  CHECK(logon->get(AMPS_CorrelationId) == "QQ==");
  CHECK(logon->get(AMPS_Version) == std::string(amps_version_string()) + ":test");
  CHECK(number(AMPS_CLIENT_SERVER_VERSION) == 5030401);
  CHECK(number(AMPS_CLIENT_NAME_HASH) == 42);
}

TEST_CASE_FIXTURE(ClientFixture, "a refused logon has the code of its reason and closes the connection") {
  connect();
  auto call = async([&] { return amps_client_logon(client, nullptr, nullptr, nullptr, 0, nullptr); });
  peer->fail(*peer->read(), "auth failure");
  CHECK(call.get() == AMPS_E_AUTHENTICATION);
  CHECK(peer->is_closed(kPatience));
  CHECK(number(AMPS_CLIENT_DISCONNECTED) == 1);
}

namespace {

amps_result give_token(void*, amps_span_t, amps_span_t, amps_span_t* token) {
  *token = span("first");
  return AMPS_E_OK;
}
amps_result answer(void*, amps_span_t, amps_span_t challenge, amps_span_t* token) {
  static std::string answer_text;
  answer_text = "answer to " + text(challenge);
  *token = span(answer_text);
  return AMPS_E_OK;
}
const amps_authenticator_vt_t kAuthenticator = {
    sizeof(amps_authenticator_vt_t), nullptr, nullptr, nullptr, give_token, answer, nullptr};

}  // namespace

TEST_CASE_FIXTURE(ClientFixture, "an authenticator answers the server's challenges under the same id") {
  connect();
  auto call = async([&] { return amps_client_logon(client, &kAuthenticator, nullptr, nullptr, 0, nullptr); });
  const auto first = peer->read();
  CHECK(first->get(AMPS_Password) == "first");
  peer->send(R"({"c":"ack","cid":")" + first->get(AMPS_CommandId) +
             R"(","a":"processed","status":"retry","pw":"why"})");
  const auto second = peer->read();
  CHECK(second->get(AMPS_CommandId) == first->get(AMPS_CommandId));
  CHECK(second->get(AMPS_Password) == "answer to why");
  peer->ack(*second);
  CHECK(call.get() == AMPS_E_OK);
}

TEST_CASE_FIXTURE(ClientFixture, "endless challenges end with an authentication failure") {
  connect();
  auto call = async([&] { return amps_client_logon(client, &kAuthenticator, nullptr, nullptr, 0, nullptr); });
  int rounds = 0;
  while (auto logon = peer->try_read(kPatience)) {
    ++rounds;
    peer->send(R"({"c":"ack","cid":")" + logon->get(AMPS_CommandId) +
               R"(","a":"processed","status":"retry","pw":"why"})");
  }
  CHECK(call.get() == AMPS_E_AUTHENTICATION);
  CHECK(rounds == 4);
}

TEST_CASE_FIXTURE(ClientFixture, "a logon without an answer times out") {
  connect();
  CHECK(amps_client_logon(client, nullptr, nullptr, nullptr, 50, nullptr) == AMPS_E_TIMED_OUT);
}

TEST_CASE_FIXTURE(ClientFixture, "a second connect is refused and one after a disconnect works") {
  log_on();
  CHECK(amps_client_connect(client, server.uri().c_str()) == AMPS_E_ALREADY_CONNECTED);
  amps_client_disconnect(client);
  CHECK(peer->is_closed(kPatience));
  log_on();
  CHECK(number(AMPS_CLIENT_DISCONNECTED) == 0);
}

TEST_CASE_FIXTURE(ClientFixture, "calls without a connection say so") {
  CHECK(publish("t", "x") == AMPS_E_DISCONNECTED);
  CHECK(execute(Command(AMPS_COMMAND_Subscribe, "t")) == AMPS_E_DISCONNECTED);
  CHECK(amps_client_publish_flush(client, 0, 0) == AMPS_E_DISCONNECTED);
  CHECK(amps_client_logon(client, nullptr, nullptr, nullptr, 0, nullptr) == AMPS_E_DISCONNECTED);
}

TEST_CASE_FIXTURE(ClientFixture, "a waiting call ends when another thread disconnects") {
  log_on();
  auto call = async([&] { return execute(Command(AMPS_COMMAND_Subscribe, "t")); });
  (void)peer->read_command("subscribe");
  amps_client_disconnect(client);
  REQUIRE(ends(call));
  CHECK(call.get() == AMPS_E_DISCONNECTED);
}

TEST_CASE_FIXTURE(ClientFixture, "a waiting call ends when the server goes") {
  log_on();
  auto call = async([&] { return execute(Command(AMPS_COMMAND_Subscribe, "t")); });
  (void)peer->read_command("subscribe");
  peer->close();
  CHECK(call.get() == AMPS_E_DISCONNECTED);
  CHECK(eventually([&] { return number(AMPS_CLIENT_DISCONNECTED) == 1; }));
}

TEST_CASE_FIXTURE(ClientFixture, "disconnect from a handler returns and ends the client") {
  log_on();
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t*) {
    amps_client_disconnect(client);
    amps_client_disconnect(client);
  };
  subscribe(inbox, "s");
  publish_to("s", "1");
  publish_to("s", "2");
  CHECK(peer->is_closed(kPatience));
  amps_client_disconnect(client);
  CHECK(inbox.count() == 1);
  CHECK(inbox.released() == 1);
}

TEST_CASE_FIXTURE(ClientFixture, "the last release may come from a handler") {
  log_on();
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t*) { amps_client_release(std::exchange(client, nullptr)); };
  subscribe(inbox, "s");
  publish_to("s", "1");
  CHECK(peer->is_closed(kPatience));
  CHECK(eventually([&] { return inbox.released() == 1; }));
}

TEST_CASE_FIXTURE(ClientFixture, "disconnect waits for the handler that runs") {
  log_on();
  std::promise<void> go;
  std::atomic<bool> is_inside{false}, has_left{false};
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t*) {
    is_inside = true;
    go.get_future().wait();
    has_left = true;
  };
  subscribe(inbox, "s");
  publish_to("s", "1");
  REQUIRE(eventually([&] { return is_inside.load(); }));
  auto one = async([&] {
    amps_client_disconnect(client);
    return has_left.load();
  });
  auto two = async([&] {
    amps_client_disconnect(client);
    return has_left.load();
  });
  REQUIRE(peer->is_closed(kPatience));
  CHECK(one.wait_for(milliseconds(0)) == std::future_status::timeout);
  go.set_value();
  CHECK(one.get());
  CHECK(two.get());
}

TEST_CASE_FIXTURE(ClientFixture, "waiting calls in a handler are refused at once") {
  log_on();
  std::atomic<int> subscribed{0}, flushed{0}, published{-1};
  Inbox inbox;
  inbox.on_message = [&](amps_message_ref_t*) {
    subscribed = execute(Command(AMPS_COMMAND_Subscribe, "t"));
    flushed = amps_client_publish_flush(client, 0, 0);
    published = publish("t", "from the handler");
  };
  subscribe(inbox, "s");
  publish_to("s", "1");
  CHECK(peer->read_command("p")->body() == "from the handler");
  CHECK(eventually([&] { return published == 0; }));
  CHECK(subscribed == AMPS_E_USAGE);
  CHECK(flushed == AMPS_E_USAGE);
}

TEST_CASE_FIXTURE(ClientFixture, "a damaged frame is reported and closes the connection") {
  log_on();
  peer->send("{\"c\":");
  CHECK(peer->is_closed(kPatience));
  CHECK(eventually([&] { return !reports().empty(); }));
  CHECK(eventually([&] { return number(AMPS_CLIENT_DISCONNECTED) == 1; }));
}

TEST_CASE_FIXTURE(ClientFixture, "an oversized length prefix closes the connection") {
  log_on();
  peer->send_raw(std::string("\xff\xff\xff\xff", 4));
  CHECK(peer->is_closed(kPatience));
  CHECK(eventually([&] { return !reports().empty(); }));
}

TEST_CASE_FIXTURE(ClientFixture, "states are announced in order, each listener once") {
  static std::mutex mutex;
  static std::vector<std::int32_t> states;
  states.clear();
  amps_state_listener_t listener{};
  listener.struct_size = sizeof listener;
  listener.fn = [](std::int32_t state, void*) {
    const std::lock_guard<std::mutex> lock(mutex);
    states.push_back(state);
  };
  amps_client_add_state_listener(client, &listener);
  amps_client_add_state_listener(client, &listener);
  log_on();
  amps_client_disconnect(client);
  CHECK((states == std::vector<std::int32_t>{AMPS_STATE_Connected, AMPS_STATE_LoggedOn,
                                             AMPS_STATE_Disconnected, AMPS_STATE_Shutdown}));
  amps_client_remove_state_listener(client, listener.fn, nullptr);
  log_on();
  CHECK(states.size() == 4);
}

TEST_CASE_FIXTURE(ClientFixture, "a thread-created callback runs first and can refuse") {
  static std::atomic<int> calls;
  calls = 0;
  amps_thread_callback_t callback{};
  callback.struct_size = sizeof callback;
  callback.fn = [](void*) { return ++calls == 1 ? AMPS_E_OK : AMPS_E_CALLBACK; };
  amps_client_set_thread_created(client, &callback);
  connect();
  CHECK(calls == 1);
  amps_client_disconnect(client);
  CHECK(amps_client_connect(client, server.uri().c_str()) == AMPS_E_CALLBACK);
  CHECK(number(AMPS_CLIENT_DISCONNECTED) == 1);
}

TEST_CASE_FIXTURE(ClientFixture, "deferred execution runs on the receive thread") {
  log_on();
  static std::promise<std::thread::id> ran;
  ran = std::promise<std::thread::id>();
  amps_thread_callback_t callback{};
  callback.struct_size = sizeof callback;
  callback.fn = [](void*) {
    ran.set_value(std::this_thread::get_id());
    return AMPS_E_OK;
  };
  amps_client_deferred_execution(client, &callback);
  CHECK((ran.get_future().get() != std::this_thread::get_id()));
}

TEST_CASE_FIXTURE(ClientFixture, "a filter that fails closes the connection and is reported") {
  log_on();
  amps_transport_filter_t filter{};
  filter.struct_size = sizeof filter;
  filter.fn = [](amps_transport_bytes_t* bytes, void*) {
    return bytes->incoming != 0 ? AMPS_E_CALLBACK : AMPS_E_OK;
  };
  amps_client_set_transport_filter(client, &filter);
  publish_to("s", "secret");
  CHECK(peer->is_closed(kPatience));
  CHECK(eventually([&] { return !reports().empty(); }));
}

TEST_CASE_FIXTURE(ClientFixture, "threads and descriptors do not grow with reconnects") {
  for (int round = 0; round < 50; ++round) {
    log_on();
    amps_client_disconnect(client);
    peer.reset();
  }
  const int before = ::dup(0);
  ::close(before);
  for (int round = 0; round < 50; ++round) {
    log_on();
    amps_client_disconnect(client);
    peer.reset();
  }
  const int after = ::dup(0);
  ::close(after);
  CHECK(after == before);
}

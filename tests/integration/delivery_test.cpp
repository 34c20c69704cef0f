// SPDX-License-Identifier: Apache-2.0
// Handlers that throw or never return, and what goes on meanwhile.
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

#include "session.h"

using namespace integration;

namespace {

struct Reports : AMPS::ExceptionListener {
  mutable Inbox texts;
  void exceptionThrown(const std::exception& error) const override { texts.add(error.what()); }
};

struct Fixture {
  Broker broker;
  Fixture() {
    broker.listen_on_tcp();
    broker.start();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an exception of a handler is reported and delivery goes on") {
  Reports reports;
  Inbox inbox;
  AMPS::Client client("throwing");
  client.setExceptionListener(reports);
  open(client, broker.uri());
  client.subscribe(AMPS::MessageHandler([&](const AMPS::Message& message) {
                     const std::string body = message.getData();
                     inbox.add(body);
                     if (body == "std") throw std::runtime_error("of the handler");
                     if (body == "int") throw 7;
                   }),
                   "throwing", kTimeoutMs);
  for (const char* body : {"std", "int", "fine"}) publish(client, "throwing", body);
  REQUIRE(inbox.wait_for(3));
  REQUIRE(reports.texts.wait_for(2));
  CHECK(reports.texts.bodies()[0].find("of the handler") != std::string::npos);
  client.publishFlush(kTimeoutMs);
  client.disconnect();
}

TEST_CASE_FIXTURE(Fixture, "acks and heartbeats are settled while a handler is stuck") {
  Flag entered, release, lost;
  Inbox inbox;
  AMPS::Client client("stuck"), publisher("publisher");
  client.setDisconnectHandler(AMPS::DisconnectHandler([&](AMPS::Client&) { lost.set(); }));
  client.setHeartbeat(1, 2);
  open(client, broker.uri());
  open(publisher, broker.uri());
  client.subscribe(AMPS::MessageHandler([&](const AMPS::Message& message) {
                     inbox.add(message.getData());
                     entered.set();
                     release.wait(std::chrono::seconds(30));
                   }),
                   "stuck", kTimeoutMs);
  publish(publisher, "stuck", "0");
  REQUIRE(entered.wait());
  for (int number = 1; number <= 100; ++number) publish(publisher, "stuck", std::to_string(number));
  publisher.publishFlush(kTimeoutMs);
  // More than three heartbeat intervals long the connection has to live without the handler's thread.
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(3500);
  while (std::chrono::steady_clock::now() < end) client.publishFlush(2000);
  CHECK_FALSE(lost.wait(std::chrono::milliseconds(0)));
  Inbox second;
  client.subscribe(second.handler(), "second", 2000);
  publish(client, "second", "waits its turn");
  CHECK_FALSE(second.wait_for(1, std::chrono::milliseconds(50)));  // One handler at a time.
  release.set();
  REQUIRE(inbox.wait_for(101));
  CHECK(second.wait_for(1));
  const std::vector<std::string> bodies = inbox.bodies();
  for (std::size_t number = 0; number < bodies.size(); ++number)
    REQUIRE(bodies[number] == std::to_string(number));
  client.disconnect();
}

TEST_CASE_FIXTURE(Fixture, "one client never runs two handlers at the same time") {
  std::atomic<int> inside{0}, worst{0};
  Inbox inbox;
  AMPS::Client client("single");
  open(client, broker.uri());
  auto handler = [&](const AMPS::Message& message) {
    const int now = ++inside;
    if (now > worst) worst = now;
    inbox.add(message.getData());
    --inside;
  };
  for (int number = 0; number < 5; ++number)
    client.subscribe(AMPS::MessageHandler(handler), "single" + std::to_string(number), kTimeoutMs);
  for (int number = 0; number < 2000; ++number) {
    publish(client, "single" + std::to_string(number % 5), "x");
    if (number % 50 == 0) client.publishFlush(kTimeoutMs);  // Acks are awaited while handlers run.
  }
  REQUIRE(inbox.wait_for(2000));
  CHECK(worst == 1);
  client.disconnect();
}

TEST_CASE_FIXTURE(Fixture, "a handler publishes on its own client") {
  Inbox inbox;
  AMPS::Client client("chain");
  open(client, broker.uri());
  client.subscribe(AMPS::MessageHandler([&](const AMPS::Message& message) {
                     const int number = std::stoi(std::string(message.getData()));
                     inbox.add(message.getData());
                     if (number < 500) publish(client, "chain", std::to_string(number + 1));
                   }),
                   "chain", kTimeoutMs);
  publish(client, "chain", "0");
  CHECK(inbox.wait_for(501));
  client.disconnect();
}

TEST_CASE_FIXTURE(Fixture, "a handler that waits for the server is refused, not deadlocked") {
  Inbox outcome;
  AMPS::Client client("reentrant");
  open(client, broker.uri());
  client.subscribe(AMPS::MessageHandler([&](const AMPS::Message&) {
                     try {
                       client.publishFlush(kTimeoutMs);
                       outcome.add("waited");
                     } catch (const AMPS::UsageException&) {
                       outcome.add("refused");
                     }
                   }),
                   "reentrant", kTimeoutMs);
  publish(client, "reentrant", "x");
  REQUIRE(outcome.wait_for(1));
  CHECK(outcome.bodies()[0] == "refused");
  client.disconnect();
}

TEST_CASE_FIXTURE(Fixture, "messages of one publisher arrive in order, each once, at every subscriber") {
  constexpr int kCount = 20000;
  Inbox inboxes[3];
  AMPS::Client clients[3], publisher("orderly");
  for (int number = 0; number < 3; ++number) {
    open(clients[number], broker.uri());
    clients[number].subscribe(inboxes[number].handler(), number == 0 ? "order" : "^ord", kTimeoutMs);
  }
  open(publisher, broker.uri());
  for (int number = 0; number < kCount; ++number) publish(publisher, "order", std::to_string(number));
  for (const Inbox& inbox : inboxes) {
    REQUIRE(inbox.wait_for(kCount, std::chrono::seconds(30)));
    const std::vector<std::string> bodies = inbox.bodies();
    REQUIRE(bodies.size() == kCount);
    for (int number = 0; number < kCount; ++number)
      REQUIRE(bodies[std::size_t(number)] == std::to_string(number));
  }
  for (AMPS::Client& client : clients) client.disconnect();
}

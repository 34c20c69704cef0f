// SPDX-License-Identifier: Apache-2.0
// Rows of the scoreboard that concern a whole broker: transports, connections, statistics.
#include "broker/broker.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "support/test_broker.h"

using raw::Client;
using raw::TestBroker;

TEST_CASE("CON-01 several clients are connected at the same time") {
  TestBroker broker;
  broker.start();
  Client first(broker.port()), second(broker.port()), third(broker.port());
  for (Client* client : {&first, &second, &third}) client->logon();
  first.subscribe("t", "1");
  second.subscribe("t", "2");
  third.publish("t", "x");
  CHECK(first.next("p").body == "x");
  CHECK(second.next("p").body == "x");
  CHECK(broker.count("connections") == 3);
}

TEST_CASE("CON-24 reasons of disconnects are counted and logged") {
  TestBroker broker;
  broker.start();
  {
    Client client(broker.port());
    client.logon("first");
  }
  broker.wait_for_count("connection closed", 1);
  broker.log.wait_for("client first (any-tcp-1, 127.0.0.1:");
  Client client(broker.port());
  client.send_frame("{\"c\":\"levitate\"}");
  client.wait_closed();
  broker.wait_for_count("unknown command", 1);
}

TEST_CASE("a broker can be stopped with clients connected, and started again") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  client.subscribe(".*", "1");
  broker.broker->stop();
  client.wait_closed();
  CHECK(broker.count("connections") == 0);
  CHECK(broker.count("subscriptions") == 0);
  CHECK(broker.count("shutdown") == 1);
  broker.broker->stop();
  REQUIRE(broker.broker->start().ok());
  Client again(broker.port());
  again.logon();
}

TEST_CASE("start and stop 500 times leave nothing behind") {
  const auto descriptor_count = [] {
    int count = 0;
    for (int fd = 0; fd < 256; ++fd)
      count += ::access(("/proc/self/fd/" + std::to_string(fd)).c_str(), F_OK) == 0;
    return count;
  };
  TestBroker broker;
  broker.with(AMPS_BROKER_IO_THREADS, 2).start();
  broker.broker->stop();
  const int before = descriptor_count();
  for (int i = 0; i < 500; ++i) {
    REQUIRE(broker.broker->start().ok());
    if (i % 50 == 0) {
      Client client(broker.port());
      client.logon();
      broker.broker->stop();
    }
    broker.broker->stop();
  }
  CHECK(descriptor_count() == before);
}

TEST_CASE("EMB-08: who waits for conflated topics gives up at the deadline, between two turns") {
  TestBroker broker;
  broker.keep("fast");
  amps::broker::ConflatedTopicConfiguration slow;
  slow.name = "slow";
  slow.message_type = "json";
  slow.source = "fast";
  slow.interval_ms = 3'600'000;
  broker.configuration.sow.emplace_back(slow);
  broker.start();
  Client publisher(broker.port());
  publisher.logon("publisher");
  for (int i = 0; i < 2'500; ++i) {
    publisher.send_frame("{\"c\":\"p\",\"t\":\"fast\",\"k\":\"" + std::to_string(i) + "\"}", "{}");
  }
  publisher.expect_nothing();
  const auto now = [] { return std::chrono::steady_clock::now(); };
  CHECK(broker.broker->drain(now()).code() == AMPS_E_TIMED_OUT);
  CHECK(broker.broker->drain(now() + raw::kWait).ok());
  CHECK(broker.broker->drain(now()).ok());
}

// SPDX-License-Identifier: Apache-2.0
// What a client experiences over a connection's life: order, limits, time-outs.
#include "broker/session.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

#include "support/test_broker.h"

using raw::Client;
using raw::Frame;
using raw::TestBroker;

namespace {

struct Connected {
  TestBroker broker;
  Connected() { broker.start(); }
};

}  // namespace

TEST_CASE("ACK-02 ACK-03 acks are sent only when asked for, and carry the id of the command") {
  Connected at;
  Client client(at.broker.port());
  client.logon();
  client.send_frame("{\"c\":\"subscribe\",\"cid\":\"quiet\",\"t\":\"t\"}");
  client.send_frame("{\"c\":\"p\",\"cid\":\"quiet2\",\"t\":\"other\"}", "x");
  client.send_frame("{\"c\":\"unsubscribe\",\"cid\":\"quiet3\",\"sub_id\":\"quiet\",\"a\":\"none\"}");
  client.expect_nothing();
  client.send_frame("{\"c\":\"p\",\"cid\":\"it's \\\"7\\\"\",\"t\":\"other\",\"a\":\"processed\"}");
  CHECK(client.next("ack").get("cid") == "it's \"7\"");
}

TEST_CASE("ACK-04 a failure carries status and reason, and no later ack follows") {
  Connected at;
  Client client(at.broker.port());
  client.logon();
  client.send_frame("{\"c\":\"sow\",\"cid\":\"1\",\"t\":\"t\",\"a\":\"received,processed,completed,stats\"}");
  CHECK(client.ack("1").get("a") == "received");
  const Frame failure = client.ack("1");
  CHECK(failure.get("a") == "processed");
  CHECK(failure.get("status") == "failure");
  CHECK(failure.get("reason") == "invalid topic");
  client.expect_nothing();
}

TEST_CASE("PUB-02 PUB-03 one subscription sees all topics in the order of publishing") {
  Connected at;
  Client subscriber(at.broker.port()), publisher(at.broker.port());
  subscriber.logon();
  publisher.logon();
  subscriber.subscribe("^t", "1");
  std::string block;
  for (int i = 0; i < 3000; ++i) {
    block += raw::frame("{\"c\":\"p\",\"t\":\"t" + std::to_string(i % 7) + "\"}", std::to_string(i));
  }
  publisher.send(block);
  for (int i = 0; i < 3000; ++i) {
    const Frame message = subscriber.next("p");
    REQUIRE(message.body == std::to_string(i));
    REQUIRE(message.get("t") == "t" + std::to_string(i % 7));
  }
}

TEST_CASE("CON-27 a disconnect ends the subscriptions of the client") {
  Connected at;
  {
    Client client(at.broker.port());
    client.logon();
    client.subscribe("a", "1");
    client.subscribe("b.*", "2");
    CHECK(at.broker.count("subscriptions") == 2);
  }
  at.broker.wait_for_count("connections", 0);
  CHECK(at.broker.count("subscriptions") == 0);
}

TEST_CASE("CON-27 a disconnect ends the queries of the client") {
  TestBroker broker;
  broker.keep("t");
  broker.start();
  Client publisher(broker.port());
  publisher.logon("publisher");
  const std::string body(10'000, 'x');
  for (int i = 0; i < 2'000; ++i) {
    publisher.send_frame("{\"c\":\"p\",\"t\":\"t\",\"k\":\"" + std::to_string(i) + "\"}", body);
  }
  publisher.expect_nothing();
  {
    Client client(broker.port());
    client.logon("asks");
    client.send_frame(R"({"c":"sow","t":"t","bs":100,"cid":"q","a":"processed"})");
    CHECK(client.ack("q").get("status") == "success");  // More is to come than sockets hold.
    const auto deadline = std::chrono::steady_clock::now() + raw::kWait;
    while (broker.count("outbox_bytes") == 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    CHECK(broker.count("outbox_bytes") > 0);  // They are full, so it stays so.
  }
  broker.wait_for_count("connections", 1);
  CHECK(broker.count("outbox_bytes") == 0);
  publisher.expect_nothing();
}

TEST_CASE("commands sent before the client closed its half are answered") {
  Connected at;
  Client client(at.broker.port());
  client.logon();
  client.send_frame("{\"c\":\"flush\",\"cid\":\"last\",\"a\":\"completed\"}");
  client.end_sending();
  CHECK(client.ack("last").get("a") == "completed");
  client.wait_closed();
}

TEST_CASE("a header that is the same again says the same, one that differs does not") {
  Connected at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("t", "1");
  client.subscribe("t2", "2");
  // The second and third begin like the first.
  client.send(raw::frame("{\"c\":\"p\",\"t\":\"t\"}", "{\"a\":1}") + raw::frame("{\"c\":\"p\",\"t\":\"t\"}") +
              raw::frame("{\"c\":\"p\",\"t\":\"t2\"}", "x") +
              raw::frame("{\"c\":\"p\",\"t\":\"t\",\"x\":\"AA\"}", "y") +
              raw::frame("{\"c\":\"p\",\"t\":\"t\"}", "z"));
  CHECK(client.next("p").body == "{\"a\":1}");
  CHECK(client.next("p").body.empty());
  const Frame other = client.next("p");
  CHECK(other.get("sids") == "2");
  CHECK(other.body == "x");
  CHECK(client.next("p").get("x") == "AA");
  const Frame last = client.next("p");
  CHECK(last.body == "z");
  CHECK_FALSE(last.has("x"));
}

TEST_CASE("SLO-01 SLO-05 a client that does not read delays nobody, and is cut off at its capacity") {
  TestBroker broker;
  broker.with(AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX, 1 << 20).start();
  Client slow(broker.port()), fast(broker.port()), publisher(broker.port());
  for (Client* client : {&slow, &fast, &publisher}) client->logon();
  slow.subscribe("t", "s");
  fast.subscribe("t", "f");
  const std::string body(10'000, 'x');
  std::uint64_t received = 0;
  // Sockets hold a few megabytes; then the outbox fills, and then it is over.
  for (int i = 0; i < 20'000 && broker.count("slow_clients") == 0; ++i, ++received) {
    publisher.publish("t", body);
    REQUIRE(fast.next("p").body.size() == body.size());
  }
  CHECK(broker.count("slow_clients") == 1);
  broker.log.wait_for("disconnected: slow client");
  broker.wait_for_count("connections", 2);
  CHECK(broker.count("subscriptions") == 1);
  fast.expect_nothing();
  slow.wait_closed();
}

TEST_CASE("SLO-04 bytes that wait for too long end the connection") {
  TestBroker broker;
  broker.with(AMPS_BROKER_CLIENT_AGE_MAX_MS, 60'000).with_manual_clock().start();
  Client slow(broker.port()), publisher(broker.port());
  slow.logon("slow");
  publisher.logon();
  slow.subscribe("t", "1");
  const std::string body(100'000, 'x');
  // More than the buffers of a socket hold.
  for (int i = 0; i < 300; ++i) publisher.publish("t", body);
  publisher.expect_nothing();
  broker.advance_ms(30'000);
  CHECK(broker.count("connections") == 2);
  broker.advance_ms(31'000);
  broker.wait_for_count("slow_clients", 1);
}

TEST_CASE("when all together wait for too much, the slowest is cut off") {
  TestBroker broker;
  broker.with(AMPS_BROKER_OUTBOX_BYTES_MAX, 4 << 20).start();
  Client slow(broker.port()), publisher(broker.port());
  slow.logon("slow");
  publisher.logon("publisher");
  slow.subscribe("t", "1");
  const std::string body(100'000, 'x');
  for (int i = 0; i < 2'000 && broker.count("slow_clients") == 0; ++i) {
    publisher.publish("t", body);
    publisher.expect_nothing();
  }
  CHECK(broker.count("slow_clients") == 1);
  broker.log.wait_for("client slow");
  broker.wait_for_count("outbox_bytes", 0);
}

TEST_CASE("a logon that is not complete in time ends the connection") {
  TestBroker broker;
  broker.with_manual_clock().start();
  Client silent(broker.port()), patient(broker.port());
  patient.logon();
  const std::uint64_t before = broker.count("bytes_in");
  silent.send(std::string("\0\0", 2));
  broker.wait_for_count("bytes_in", before + 2);
  broker.advance_ms(9'999);
  patient.expect_nothing();
  CHECK(broker.count("connections") == 2);
  broker.advance_ms(2);
  silent.wait_closed();
  broker.wait_for_count("logon timeout", 1);
  patient.expect_nothing();
}

TEST_CASE("CON-10 sizes are bounded, before and after logon") {
  TestBroker broker;
  broker.with(AMPS_BROKER_MESSAGE_BYTES_MAX, 100'000).start();
  SUBCASE("before logon") {
    Client client(broker.port());
    client.send(std::string("\x00\x01\x00\x01", 4));
    client.wait_closed();
  }
  SUBCASE("many small frames before logon") {
    Client client(broker.port());
    client.send(std::string(70'000, '\0'));
    client.wait_closed();
    broker.wait_for_count("limit", 1);
  }
  SUBCASE("a frame of the limit passes") {
    Client client(broker.port());
    client.logon();
    client.subscribe("t", "1");
    const std::string header = "{\"c\":\"p\",\"t\":\"t\"}";
    client.send_frame(header, std::string(100'000 - header.size(), 'x'));
    CHECK(client.next("p").body.size() == 100'000 - header.size());
  }
  SUBCASE("a frame above the limit ends the connection") {
    Client client(broker.port());
    client.logon();
    const std::string header = "{\"c\":\"p\",\"t\":\"t\"}";
    client.send(raw::frame(header, std::string(100'001 - header.size(), 'x')).substr(0, 100));
    client.wait_closed();
    broker.wait_for_count("protocol error", 1);
  }
}

TEST_CASE("the size of headers is a setting") {
  TestBroker broker;
  broker.with(AMPS_BROKER_HEADER_BYTES_MAX, 200).start();
  Client client(broker.port());
  client.logon();
  client.publish(std::string(150, 't'), std::string(1000, 'x'));
  client.expect_nothing();
  client.publish(std::string(200, 't'), "x");
  client.wait_closed();
  broker.wait_for_count("protocol error", 1);
}

TEST_CASE("CON-09 a malformed header ends the connection, and the client is told if it can be") {
  Connected at;
  Client client(at.broker.port());
  client.logon();
  client.send_frame("{\"c\":\"p\",\"t\"}");
  client.wait_closed();
  at.broker.wait_for_count("protocol error", 1);
}

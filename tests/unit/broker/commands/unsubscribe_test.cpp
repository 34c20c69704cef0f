// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "broker/commands/commands.h"
#include "support/sow_answer.h"
#include "support/test_broker.h"

using raw::Client;
using raw::TestBroker;

TEST_CASE("SUB-05 unsubscribe by id, by list, all, and by ids nobody has") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  for (const char* id : {"1", "2", "3", "4", "5"}) client.subscribe("t", id);
  client.subscribe("^t", "p");
  const auto ids_after = [&](const std::string& members) {
    CHECK(client.command("\"c\":\"unsubscribe\"," + members).get("status") == "success");
    client.publish("t", "x");
    return client.next("p").get("sids");
  };
  CHECK(ids_after("\"sub_id\":\"2\"") == "1,3,4,5,p");
  CHECK(ids_after("\"sub_id\":\"3,5\"") == "1,4,p");
  CHECK(ids_after("\"sub_id\":\"never\"") == "1,4,p");
  CHECK(ids_after("\"sids\":\"4\"") == "1,p");
  CHECK(ids_after("\"query_id\":\"1\"") == "1,p");
  CHECK(client.command("\"c\":\"unsubscribe\",\"sub_id\":\"all\"").get("status") == "success");
  client.publish("t", "x");
  client.expect_nothing();
  CHECK(broker.count("subscriptions") == 0);
}

TEST_CASE("SUB-05 unsubscribe without any id fails") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  CHECK(client.command("\"c\":\"unsubscribe\"").get("status") == "failure");
}

TEST_CASE("SUB-05 after the ack no message of the subscription is produced") {
  TestBroker broker;
  broker.start();
  Client subscriber(broker.port()), publisher(broker.port());
  subscriber.logon();
  publisher.logon();
  const std::string block = [] {
    std::string frames;
    for (int i = 0; i < 200; ++i) frames += raw::frame("{\"c\":\"p\",\"t\":\"t\"}", "x");
    return frames;
  }();
  for (int round = 0; round < 20; ++round) {
    subscriber.subscribe("t", "1");
    publisher.send(block);
    subscriber.send_frame("{\"c\":\"unsubscribe\",\"cid\":\"u\",\"a\":\"processed\",\"sub_id\":\"1\"}");
    while (!subscriber.next().is("ack")) {
    }
    publisher.expect_nothing();
    subscriber.expect_nothing();
  }
}

TEST_CASE("SUB-06: unsubscribe with a query_id ends that query, and no other") {
  constexpr std::size_t kRecords = 20'000;  // More than the system takes from the broker at a time.
  TestBroker broker;
  broker.keep("t");
  broker.start();
  Client client(broker.port());
  client.logon();
  std::string records;
  for (std::size_t i = 0; i < kRecords; ++i)
    records += raw::frame(R"({"c":"p","t":"t","k":")" + std::to_string(i) + "\"}", std::string(1'000, 'x'));
  client.send(records);
  client.expect_nothing();
  std::string commands;
  for (const char* id : {"cancelled", "other"})
    commands += raw::frame(R"({"c":"sow","t":"t","bs":100,"cid":")" + std::string(id) +
                           R"(","a":"processed,completed"})");
  commands += raw::frame(R"({"c":"unsubscribe","query_id":"cancelled","cid":"u","a":"processed"})");
  client.send(commands);
  CHECK(client.ack("cancelled").get("status") == "success");
  const raw::SowAnswer cancelled = raw::read_answer(client, "cancelled");
  CHECK(cancelled.records.size() < kRecords);
  CHECK(client.ack("other").get("status") == "success");
  CHECK(raw::read_answer(client, "other").records.size() == kRecords);
  CHECK(client.ack("u").get("status") == "success");
}

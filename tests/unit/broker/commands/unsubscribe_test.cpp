// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "broker/commands/commands.h"
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

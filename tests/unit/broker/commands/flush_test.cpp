// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "broker/commands/commands.h"
#include "support/test_broker.h"

using raw::Client;
using raw::TestBroker;

TEST_CASE("ACK-06 flush sends every ack it was asked for, after those of earlier commands") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  std::string block;
  for (int i = 0; i < 100; ++i) {
    block += raw::frame("{\"c\":\"p\",\"t\":\"t\",\"cid\":\"" + std::to_string(i) + "\",\"a\":\"persisted\"}",
                        "x");
  }
  block +=
      raw::frame("{\"c\":\"flush\",\"cid\":\"f\",\"a\":\"persisted,stats,completed,processed,received\"}");
  client.send(block);
  for (int i = 0; i < 100; ++i) CHECK(client.ack(std::to_string(i)).get("a") == "persisted");
  for (const char* type : {"received", "processed", "completed", "persisted"}) {
    CHECK(client.ack("f").get("a") == type);
  }
  client.expect_nothing();
}

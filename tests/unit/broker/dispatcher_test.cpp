// SPDX-License-Identifier: Apache-2.0
#include "broker/dispatcher.h"

#include <doctest/doctest.h>

#include <string>

#include "support/test_broker.h"

using amps::broker::find_command;
using raw::Client;
using raw::TestBroker;

TEST_CASE("every command of a client has a row, and only those") {
  for (const std::uint32_t command :
       {AMPS_COMMAND_Publish, AMPS_COMMAND_Subscribe, AMPS_COMMAND_Unsubscribe, AMPS_COMMAND_SOW,
        AMPS_COMMAND_Heartbeat, AMPS_COMMAND_SOWDelete, AMPS_COMMAND_DeltaPublish, AMPS_COMMAND_Logon,
        AMPS_COMMAND_SOWAndSubscribe, AMPS_COMMAND_DeltaSubscribe, AMPS_COMMAND_SOWAndDeltaSubscribe,
        AMPS_COMMAND_Flush, AMPS_COMMAND_Ack}) {
    REQUIRE(find_command(command) != nullptr);
    CHECK(find_command(command)->command == command);
  }
  for (const std::uint32_t command : {AMPS_COMMAND_StartTimer, AMPS_COMMAND_StopTimer,
                                      AMPS_COMMAND_GroupBegin, AMPS_COMMAND_OOF, AMPS_COMMAND_Unknown}) {
    CHECK(find_command(command) == nullptr);
  }
}

TEST_CASE("CON-09 an unknown command fails, then the connection is closed") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  SUBCASE("with a cid") {
    client.send_frame("{\"c\":\"levitate\",\"cid\":\"1\",\"a\":\"processed\"}");
    CHECK(client.ack("1").get("reason") == "unknown command");
  }
  SUBCASE("without") {
    client.send_frame("{\"c\":\"levitate\"}");
  }
  SUBCASE("without a command") {
    client.send_frame("{}");
  }
  CHECK(client.wait_closed().empty());
  broker.wait_for_count("unknown command", 1);
}

TEST_CASE("ACK-01 acks a command does not support are not sent") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  client.send_frame(
      "{\"c\":\"heartbeat\",\"opts\":\"beat\",\"cid\":\"1\",\"a\":\"received,parsed,processed,persisted,"
      "completed,stats\"}");
  CHECK(client.ack("1").get("a") == "received");
  CHECK(client.ack("1").get("a") == "processed");
  client.expect_nothing();
}

TEST_CASE("ids are bounded, and hold no control characters") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  const auto reason = [&](const std::string& id) {
    return client.command("\"c\":\"subscribe\",\"t\":\"t\",\"opts\":\"replace\",\"sub_id\":\"" + id + "\"")
        .get("reason");
  };
  CHECK(reason(std::string(1024, 'i')).empty());
  CHECK(reason(std::string(1025, 'i')) == "limit");
  CHECK(reason("a\\u0000b") == "limit");
  CHECK(reason("a\\nb") == "limit");
}

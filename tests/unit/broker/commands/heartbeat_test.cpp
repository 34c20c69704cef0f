// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "broker/commands/commands.h"
#include "support/test_broker.h"

using raw::Client;
using raw::TestBroker;

namespace {

struct Beating {
  TestBroker broker;
  std::unique_ptr<Client> client;
  Beating() {
    broker.with_manual_clock().start();
    client = std::make_unique<Client>(broker.port());
    client->logon();
    CHECK(client->command("\"c\":\"heartbeat\",\"opts\":\"start,5\"").get("status") == "success");
  }
};

}  // namespace

TEST_CASE("CON-08 the broker beats when it has sent nothing for an interval") {
  Beating at;
  at.broker.advance_ms(4999);
  at.client->expect_nothing();
  at.broker.advance_ms(4999);
  at.client->expect_nothing();  // The flush's ack was a sign of life too.
  at.broker.advance_ms(5001);
  CHECK(at.client->next().header == "{\"c\":\"heartbeat\"}");
}

TEST_CASE("CON-08 two intervals of silence end the connection") {
  Beating at;
  at.broker.advance_ms(5001);
  CHECK(at.client->next().is("heartbeat"));
  SUBCASE("silence") {
    at.broker.advance_ms(5001);
    at.client->wait_closed();
    at.broker.wait_for_count("heartbeat", 1);
  }
  SUBCASE("a beat is life, and is not answered") {
    at.client->send_frame("{\"c\":\"heartbeat\",\"opts\":\"beat\"}");
    at.client->expect_nothing();
    at.broker.advance_ms(9999);
    CHECK(at.client->next().is("heartbeat"));
    at.client->expect_nothing();
  }
  SUBCASE("any frame is life") {
    at.client->publish("t", "x");
    at.client->expect_nothing();
    at.broker.advance_ms(9999);
    CHECK(at.client->next().is("heartbeat"));
    at.client->expect_nothing();
  }
}

TEST_CASE("CON-08 stop and interval 0 end the heartbeat, another start changes it") {
  Beating at;
  SUBCASE("stop") {
    at.client->send_frame("{\"c\":\"heartbeat\",\"opts\":\"stop\"}");
  }
  SUBCASE("zero") {
    at.client->send_frame("{\"c\":\"heartbeat\",\"opts\":\"start,0\"}");
  }
  SUBCASE("longer") {
    at.client->send_frame("{\"c\":\"heartbeat\",\"opts\":\"start,100\"}");
  }
  at.client->expect_nothing();
  at.broker.advance_ms(60'000);
  at.client->expect_nothing();
}

TEST_CASE("CON-08 other options are refused") {
  Beating at;
  for (const char* options : {"start", "start,often", "start,-1", "start,1.5", "begin", ""}) {
    CHECK(at.client->command("\"c\":\"heartbeat\",\"opts\":\"" + std::string(options) + "\"").get("reason") ==
          "invalid options");
  }
}

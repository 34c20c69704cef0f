// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "broker/commands/commands.h"
#include "support/test_broker.h"

using raw::Client;
using raw::TestBroker;

TEST_CASE("ACK-05 queries on topics without state fail with the reason of what is wrong first") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  const auto reason = [&](const std::string& members) { return client.command(members).get("reason"); };
  CHECK(reason("\"c\":\"sow\",\"t\":\"t\"") == "invalid topic");
  CHECK(reason("\"c\":\"sow\"") == "no topic");
  CHECK(reason("\"c\":\"sow\",\"t\":\"t\",\"bs\":10001") == "batch size too large");
  CHECK(reason("\"c\":\"sow\",\"t\":\"t\",\"bs\":-1") == "invalid options");
  CHECK(reason("\"c\":\"sow\",\"t\":\"t\",\"top_n\":4294967296") == "invalid options");
  CHECK(reason("\"c\":\"sow\",\"t\":\"t\",\"opts\":\"pause\"") == "invalid options");
  CHECK(reason("\"c\":\"sow\",\"t\":\"t\",\"filter\":\"/a = \"") == "bad filter");
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "broker/commands/commands.h"
#include "support/sow_answer.h"
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

TEST_CASE("SOW-18 a query on a topic without records is refused, and nothing follows") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  client.publish("t", "{}");
  client.send_frame(R"({"c":"sow","t":"t","cid":"q","a":"processed,completed,stats"})");
  const raw::Frame ack = client.ack("q");
  CHECK(ack.get("status") == "failure");
  CHECK(ack.get("reason") == "invalid topic");
  client.expect_nothing();
  client.send_frame(R"({"c":"sow","t":"t","cid":"q"})");
  client.expect_nothing();
}

TEST_CASE("SUB-04 non_regex_topic takes a topic literally, in subscriptions and in queries") {
  TestBroker broker;
  for (const char* name : {"a.c", "abc"}) {
    broker.keep(name);
  }
  broker.start();
  Client client(broker.port());
  client.logon();
  client.subscribe("a.c", "pattern");
  client.subscribe("a.c", "literal", "non_regex_topic");
  const auto sids_of = [&client](const std::string& topic) {
    client.send_frame(R"({"c":"p","k":"1","t":")" + topic + R"("})", topic);
    return client.next("p").get("sids");
  };
  CHECK(sids_of("abc") == "pattern");
  CHECK(sids_of("a.c") == "pattern,literal");
  client.command(R"("c":"unsubscribe","sub_id":"all")");
  CHECK(raw::query(client, R"("c":"sow","t":"a.c","bs":10)").bodies() == "a.c;abc;");
  CHECK(raw::query(client, R"("c":"sow","t":"a.c","opts":"non_regex_topic")").bodies() == "a.c;");
  CHECK(raw::query(client, R"("c":"sow_and_subscribe","t":"a.c","opts":"non_regex_topic")").bodies() ==
        "a.c;");
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "broker/commands/commands.h"
#include "support/logged_broker.h"

using raw::Client;
using raw::Frame;
using raw::TestBroker;

namespace {

struct LoggedOn {
  TestBroker broker;
  LoggedOn() { broker.start(); }
};

}  // namespace

TEST_CASE("PUB-01 messages on ad hoc topics reach their subscribers") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("widgets", "3");
  client.publish("widgets", "{\"id\":1}");
  const Frame message = client.next("p");
  CHECK(message.header == "{\"c\":\"p\",\"t\":\"widgets\",\"sids\":\"3\"}");
  CHECK(message.body == "{\"id\":1}");
}

TEST_CASE("PUB-01 the long form of the command and delta_publish do the same on topics without state") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("t", "1");
  client.send_frame("{\"c\":\"publish\",\"t\":\"t\"}", "a");
  client.send_frame("{\"c\":\"delta_publish\",\"t\":\"t\"}", "b");
  CHECK(client.next("p").body == "a");
  CHECK(client.next("p").body == "b");
}

TEST_CASE("PUB-04 PUB-08 correlation id and expiration are passed on") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("t", "1");
  client.send_frame("{\"c\":\"p\",\"t\":\"t\",\"x\":\"QQ==\",\"e\":60}", "a");
  const Frame message = client.next("p");
  CHECK(message.get("x") == "QQ==");
  CHECK(message.get("e") == "60");
}

TEST_CASE("PUB-09 PUB-12 bodies are bytes, whatever they are and however many") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("t", "1");
  std::string every;
  for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
  for (const std::string& body : {std::string(), std::string(1, '\0'), every, std::string("}{\"c\":\"p\"}"),
                                  std::string(16u << 20, '}')}) {
    client.publish("t", body);
    CHECK(client.next("p").body == body);
  }
}

TEST_CASE("ACK-01 ACK-09 a publish is acknowledged as it asks, each with its cid") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.send_frame(
      "{\"c\":\"p\",\"t\":\"t\",\"cid\":\"4\",\"s\":17,\"a\":\"persisted,completed,processed,received\"}");
  client.send_frame("{\"c\":\"p\",\"t\":\"t\",\"cid\":\"5\",\"a\":\"persisted\"}");
  for (const char* type : {"received", "processed", "completed", "persisted"}) {
    const Frame ack = client.ack("4");
    CHECK(ack.get("a") == type);
    CHECK(ack.get("status") == "success");
    CHECK(ack.has("s") == (std::string(type) == "persisted"));
  }
  const Frame second = client.ack("5");
  CHECK(second.get("a") == "persisted");
  CHECK_FALSE(second.has("s"));
}

TEST_CASE("PUB-10 TOP-14 only the broker publishes to reserved topics") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  for (const char* topic : {"/AMPS/ClientStatus", "/AMPS/anything", "/AMPS"}) {
    const Frame ack = client.command("\"c\":\"p\",\"t\":\"" + std::string(topic) + "\"");
    CHECK(ack.get("status") == "failure");
    CHECK(ack.get("reason") == "invalid topic");
  }
}

TEST_CASE("PUB-11 a refused publish says so in whichever ack was asked for") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.send_frame("{\"c\":\"p\",\"t\":\"/AMPS/x\",\"cid\":\"1\",\"s\":3,\"a\":\"persisted\"}");
  const Frame persisted = client.ack("1");
  CHECK(persisted.get("a") == "persisted");
  CHECK(persisted.get("status") == "failure");
  CHECK(persisted.get("s") == "3");
  CHECK(client.command("\"c\":\"p\"").get("reason") == "no topic");
  CHECK(client.command("\"c\":\"p\",\"t\":\"t\",\"opts\":\"oof\"").get("reason") == "invalid options");
  client.expect_nothing();
}

TEST_CASE("PUB-11 a sequence that is none is refused") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  for (const char* sequence : {"-1", "18446744073709551615", "18446744073709551616", "1.5", "\"abc\""}) {
    CHECK(client.command("\"c\":\"p\",\"t\":\"t\",\"s\":" + std::string(sequence)).get("reason") ==
          "bad sequence");
  }
  client.expect_nothing();
}

TEST_CASE("TOP-17 /AMPS/devnull accepts and discards") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("/AMPS/devnull", "1");
  CHECK(client.command("\"c\":\"p\",\"t\":\"/AMPS/devnull\"").get("status") == "success");
  client.expect_nothing();
}

TEST_CASE("TOP-21 bodies nobody asks about are not parsed") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("t", "1");
  client.publish("t", "{\"broken");
  CHECK(client.next("p").body == "{\"broken");
}

TEST_CASE("a publish topic with the letters of a pattern is literal") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("a.*", "p");
  client.subscribe("a.*", "l", "non_regex_topic");
  client.publish("a.*", "x");
  CHECK(client.next("p").get("sids") == "p,l");
  client.publish("abc", "y");
  CHECK(client.next("p").get("sids") == "p");
}

TEST_CASE("ACK-07 ACK-10 ACK-06: on logged topics success is conflated, and split where a command failed") {
  raw::LoggedBroker broker;
  broker.start();
  Client client(broker.port());
  client.command(R"("c":"logon","client_name":"me","mt":"json","opts":"ack_conflation=1h")");
  const auto publish = [&client](const std::string& topic, const std::string& members) {
    client.send_frame(R"({"c":"p","t":")" + topic + R"(","a":"persisted",)" + members + "}", "{}");
  };
  publish("orders", R"("s":1)");
  const Frame first = client.next("ack");
  CHECK(first.get("s") == "1");
  CHECK_FALSE(first.has("cid"));
  CHECK(first.get("bm").find("|1|") != std::string::npos);
  publish("orders", R"("s":2)");
  publish("/AMPS/own", R"("s":3,"cid":"three")");
  publish("orders", R"("s":4)");
  publish("orders", R"("s":5)");
  client.send_frame(R"({"c":"flush","cid":"f","a":"persisted"})");
  CHECK(client.next("ack").get("s") == "2");
  const Frame failure = client.ack("three");
  CHECK(failure.get("s") == "3");
  CHECK(failure.get("status") == "failure");
  CHECK(failure.get("reason") == "invalid topic");
  CHECK(client.next("ack").get("s") == "5");
  CHECK(client.ack("f").get("status") == "success");
}

TEST_CASE("ACK-08: an ack_conflation of zero acknowledges each message; without a number it has its id") {
  raw::LoggedBroker broker;
  broker.start();
  Client client(broker.port());
  client.command(R"("c":"logon","client_name":"me","mt":"json","opts":"ack_conflation=0")");
  client.send_frame(R"({"c":"p","t":"orders","s":1,"a":"persisted"})", "{}");
  client.send_frame(R"({"c":"p","t":"orders","s":2,"a":"persisted"})", "{}");
  client.send_frame(R"({"c":"p","t":"orders","cid":"x","a":"persisted"})", "{}");
  client.send_frame(R"({"c":"p","t":"orders","s":2,"a":"persisted"})", "again");
  CHECK(client.next("ack").get("s") == "1");
  CHECK(client.next("ack").get("s") == "2");
  CHECK(client.ack("x").get("status") == "success");
  CHECK(client.next("ack").get("s") == "2");
}

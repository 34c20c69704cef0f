// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "broker/commands/commands.h"
#include "support/sow_answer.h"
#include "support/test_broker.h"

using raw::Client;
using raw::Frame;
using raw::TestBroker;

namespace {

struct LoggedOn {
  TestBroker broker;
  LoggedOn() { broker.start(); }
};

std::string subscribe_reason(Client* client, const std::string& members) {
  return client->command("\"c\":\"subscribe\"," + members).get("reason");
}

}  // namespace

TEST_CASE("SUB-01 a literal topic is matched exactly") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  const Frame ack = client.subscribe("trade", "s1");
  CHECK(ack.get("sub_id") == "s1");
  for (const char* topic : {"trade/us", "my-trade", "trad", "trade"}) client.publish(topic, topic);
  CHECK(client.next("p").body == "trade");
  client.expect_nothing();
}

TEST_CASE("SUB-03 patterns are PCRE and unanchored") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  const std::string topics[] = {"trade", "trade/us", "my-trade", "trad"};
  const auto matching = [&](const std::string& pattern) {
    client.subscribe(pattern, "s");
    std::string matched;
    for (const std::string& topic : topics) client.publish(topic, topic);
    client.send_frame("{\"c\":\"flush\",\"cid\":\"f\",\"a\":\"processed\"}");
    for (Frame message = client.next(); message.is("p"); message = client.next())
      matched += message.body + " ";
    client.command("\"c\":\"unsubscribe\",\"sub_id\":\"s\"");
    return matched;
  };
  CHECK(matching("^trade") == "trade trade/us ");
  CHECK(matching("trade$") == "trade my-trade ");
  CHECK(matching("trade.us") == "trade/us ");
  CHECK(matching(".*") == "trade trade/us my-trade trad ");
  CHECK(matching("(?i)TRADE(?=/)") == "trade/us ");
}

TEST_CASE("SUB-03 a pattern that does not compile fails") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  CHECK(subscribe_reason(&client, "\"t\":\"odd((\"") == "bad regex topic");
  CHECK(at.broker.count("subscriptions") == 0);
}

TEST_CASE("SUB-03 a pattern that would take for ever costs nothing but its match") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("^(a+)+$", "1");
  client.subscribe("aaab$", "2");
  client.publish(std::string(5000, 'a') + "b", "x");
  CHECK(client.next("p").get("sids") == "2");
}

TEST_CASE("SUB-11 patterns can be turned off") {
  TestBroker broker;
  broker.with(AMPS_BROKER_REGEX_TOPIC_SUPPORT, 0).start();
  Client client(broker.port());
  client.logon();
  client.subscribe("a((", "1");
  client.publish("a((", "x");
  CHECK(client.next("p").body == "x");
}

TEST_CASE("SUB-12 a pattern covers topics that appear later") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.publish("known", "before");
  client.subscribe("^(known|fresh)$", "1");
  client.publish("known", "a");
  client.publish("fresh", "b");
  CHECK(client.next("p").body == "a");
  CHECK(client.next("p").body == "b");
}

TEST_CASE("SUB-09 the id is that of the command if there is none, and cannot be used twice") {
  LoggedOn at;
  Client client(at.broker.port()), other(at.broker.port());
  client.logon();
  other.logon();
  client.send_frame("{\"c\":\"subscribe\",\"cid\":\"9\",\"a\":\"processed\",\"t\":\"t\"}");
  CHECK(client.ack("9").get("sub_id") == "9");
  CHECK(subscribe_reason(&client, "\"t\":\"u\",\"sub_id\":\"9\"") == "subscription already exists");
  CHECK(other.subscribe("t", "9").get("status") == "success");
  client.publish("t", "x");
  CHECK(client.next("p").get("sids") == "9");
  CHECK(subscribe_reason(&client, "\"t\":\"u\",\"sub_id\":\"a,b\"") == "invalid subid");
}

TEST_CASE("PUB-06 one copy a connection, with all its ids in the order of subscribing") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("t", "b");
  client.subscribe("^t", "a");
  client.subscribe("t", "c");
  client.subscribe("other", "d");
  client.publish("t", "x");
  CHECK(client.next("p").get("sids") == "b,a,c");
  client.expect_nothing();
}

TEST_CASE("PUB-07 messages carry their time if any of the subscriptions wants it") {
  TestBroker broker;
  broker.with_manual_clock().start();
  Client client(broker.port()), plain(broker.port());
  client.logon();
  plain.logon();
  client.subscribe("t", "1", "timestamp");
  client.subscribe("t", "2");
  plain.subscribe("t", "1");
  client.publish("t", "x");
  const Frame message = client.next("p");
  CHECK(message.get("ts") == "20231114T221320.000000Z");
  CHECK(message.get("sids") == "1,2");
  CHECK_FALSE(plain.next("p").has("ts"));
}

TEST_CASE("PUB-09 messages without a body can be left out") {
  LoggedOn at;
  Client client(at.broker.port()), all(at.broker.port());
  client.logon();
  all.logon();
  client.command("\"c\":\"subscribe\",\"t\":\"t\",\"sub_id\":\"1\",\"send_empty\":false");
  client.subscribe("t", "2", "no_empties");
  all.subscribe("t", "1");
  client.publish("t", "");
  client.publish("t", "x");
  CHECK(all.next("p").body.empty());
  CHECK(all.next("p").body == "x");
  CHECK(client.next("p").body == "x");
  client.subscribe("t", "3");
  client.publish("t", "");
  CHECK(client.next("p").get("sids") == "3");
}

TEST_CASE("SUB-07 SUB-08 replace swaps topic and options and keeps the place") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  client.subscribe("old", "1");
  client.subscribe("^", "2");
  client.subscribe("new", "1", "replace");
  client.publish("old", "a");
  client.publish("new", "b");
  CHECK(client.next("p").get("sids") == "2");
  CHECK(client.next("p").get("sids") == "1,2");
  CHECK(client.subscribe("t", "unknown", "replace").get("status") == "success");
  CHECK(at.broker.count("subscriptions") == 3);
}

TEST_CASE("SUB-07 while subscriptions are replaced no message is lost or sent twice") {
  LoggedOn at;
  Client subscriber(at.broker.port()), publisher(at.broker.port());
  subscriber.logon();
  publisher.logon();
  subscriber.subscribe("t", "1");
  constexpr int kCount = 2000;
  std::string block;
  for (int i = 0; i < kCount; ++i) block += raw::frame("{\"c\":\"p\",\"t\":\"t\"}", std::to_string(i));
  for (std::size_t at_byte = 0, i = 0; at_byte < block.size(); at_byte += 1000, ++i) {
    publisher.send(std::string_view(block).substr(at_byte, 1000));
    subscriber.send_frame(
        "{\"c\":\"subscribe\",\"cid\":\"r\",\"sub_id\":\"1\",\"opts\":\"replace\",\"t\":\"" +
        std::string(i % 2 == 0 ? "^t$" : "t") + "\"}");
  }
  for (int i = 0; i < kCount; ++i) REQUIRE(subscriber.next("p").body == std::to_string(i));
}

TEST_CASE("EXP-40: a filter that does not parse is refused, and the log says where") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  CHECK(subscribe_reason(&client, "\"t\":\"t\",\"filter\":\"/a = \"") == "bad filter");
  at.broker.log.wait_for("at offset 5: expected a value, found the end");
}

TEST_CASE("EXP-40: messages without fields have no filters") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon("raw", "binary");
  CHECK(subscribe_reason(&client, "\"t\":\"t\",\"filter\":\"/a = 1\"") == "bad filter");
}

TEST_CASE("EXP-35: what leaves focus by itself cannot be told") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  const std::string members = R"x("t":"t","filter":"/a < UNIX_TIMESTAMP()")x";
  CHECK(subscribe_reason(&client, members) == "");
  CHECK(subscribe_reason(&client, members + R"(,"opts":"oof")") == "bad filter");
}

TEST_CASE("SUB-02 filters decide which subscriptions receive a message") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  client.command("\"c\":\"subscribe\",\"t\":\"t\",\"sub_id\":\"ibm\",\"filter\":\"/s = 'IBM'\"");
  client.command(
      "\"c\":\"subscribe\",\"t\":\"t\",\"sub_id\":\"buy\",\"filter\":\"/d = 'BUY'\",\"opts\":\"timestamp\"");
  const auto publish = [&](const std::string& symbol, const std::string& side) {
    client.publish("t", R"({"s":")" + symbol + R"(","d":")" + side + "\"}");
  };
  publish("IBM", "SELL");
  publish("XYZ", "SELL");
  publish("XYZ", "BUY");
  publish("IBM", "BUY");
  const Frame first = client.next("p");
  CHECK(first.get("sids") == "ibm");
  CHECK_FALSE(first.has("ts"));
  const Frame second = client.next("p");
  CHECK(second.body == R"({"s":"XYZ","d":"BUY"})");
  CHECK(second.has("ts"));
  CHECK(client.next("p").get("sids") == "ibm,buy");
  client.subscribe("t", "all");
  publish("XYZ", "SELL");
  CHECK(client.next("p").get("sids") == "all");
}

TEST_CASE("ACK-12 unknown options fail the command, known ones without effect do not") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  for (const char* options : {"fancy", "timestamp,fancy=1", "timestamp=1", "projection=[a]", "top_n=1",
                              "conflation=1s", "rate=5"}) {
    CHECK(subscribe_reason(&client, "\"t\":\"t\",\"opts\":\"" + std::string(options) + "\"") ==
          "invalid options");
  }
  CHECK(client.subscribe("t", "1", "bookmark,no_sowkey, oof,send_keys,max_backlog=5,conflation=none,none")
            .get("status") == "success");
}

TEST_CASE("TXL-36: a bookmark subscription needs a transaction log") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  for (const char* bookmark : {"0", "0|1|", "42|1|", "[0:0|1|]"}) {
    const std::string members = ",\"bm\":\"" + std::string(bookmark) + "\"";
    CHECK(subscribe_reason(&client, "\"t\":\"t\"" + members) == "invalid topic");
    CHECK(subscribe_reason(&client, "\"t\":\"^t\"" + members) == "invalid topic");
  }
  CHECK(subscribe_reason(&client, "\"t\":\"t\",\"bm\":\"yesterday\"") == "invalid bookmark");
  CHECK(subscribe_reason(&client, "\"sub_id\":\"1\"") == "no topic");
}

TEST_CASE("DLT-18: deltas are not replayed") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  CHECK(client.command("\"c\":\"delta_subscribe\",\"t\":\"t\",\"bm\":\"0|1|\"").get("reason") ==
        "invalid options");
}

TEST_CASE("sow_and_subscribe with a bookmark begins with what there is now") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  CHECK(client.command("\"c\":\"sow_and_subscribe\",\"t\":\"t\",\"bm\":\"0|1|\"").get("status") == "success");
  CHECK(client.next().is("group_begin"));
  CHECK(client.next().is("group_end"));
  client.publish("t", "x");
  CHECK(client.next("p").body == "x");
  CHECK(client.command("\"c\":\"sow_and_subscribe\",\"t\":\"t\",\"bm\":\"0|1|\",\"opts\":\"rate=5\"")
            .get("reason") == "invalid options");
}

TEST_CASE("sow_and_subscribe on a topic without state is an empty result and then live") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  std::string command;
  SUBCASE("full") {
    command = "sow_and_subscribe";
  }
  SUBCASE("delta") {
    command = "sow_and_delta_subscribe";
  }
  client.send_frame("{\"c\":\"" + command +
                    "\",\"cid\":\"7\",\"query_id\":\"q\",\"sub_id\":\"s\",\"t\":\"t\",\"bs\":10,"
                    "\"a\":\"received,processed,completed,stats\",\"opts\":\"oof,timestamp\"}");
  CHECK(client.ack("7").get("a") == "received");
  const Frame processed = client.ack("7");
  CHECK(processed.get("a") == "processed");
  CHECK(processed.get("query_id") == "q");
  CHECK(processed.get("sub_id") == "s");
  CHECK(client.next().header == "{\"c\":\"group_begin\",\"query_id\":\"q\"}");
  CHECK(client.next().header == "{\"c\":\"group_end\",\"query_id\":\"q\"}");
  CHECK(client.ack("7").get("a") == "completed");
  const Frame stats = client.ack("7");
  CHECK(stats.get("a") == "stats");
  CHECK(stats.get("matches") == "0");
  CHECK(stats.get("topic_matches") == "0");
  CHECK(stats.get("records_returned") == "0");
  client.publish("t", "x");
  CHECK(client.next("p").get("sids") == "s");
}

TEST_CASE("delta_subscribe on a topic without state gives whole messages") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  CHECK(client.command("\"c\":\"delta_subscribe\",\"t\":\"t\",\"sub_id\":\"d\"").get("status") == "success");
  client.publish("t", "{\"a\":1}");
  CHECK(client.next("p").body == "{\"a\":1}");
}

TEST_CASE("SUB-13 a connection holds many subscriptions, up to the limit") {
  TestBroker broker;
  broker.with(AMPS_BROKER_SUBSCRIPTIONS_MAX, 10'000).start();
  Client client(broker.port());
  client.logon();
  std::string block;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = std::to_string(i);
    block += raw::frame("{\"c\":\"subscribe\",\"cid\":\"" + id + "\",\"t\":\"t" + id + "\"}");
  }
  client.send(block);
  client.expect_nothing();
  CHECK(broker.count("subscriptions") == 10'000);
  CHECK(subscribe_reason(&client, "\"t\":\"more\"") == "limit");
  client.publish("t9999", "x");
  CHECK(client.next("p").get("sids") == "9999");
  CHECK(client.command("\"c\":\"unsubscribe\",\"sub_id\":\"all\"").get("status") == "success");
  CHECK(broker.count("subscriptions") == 0);
}

TEST_CASE("SUB-10 ACK-05: a malformed select list is a bad filter, one for messages without fields invalid") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  CHECK(subscribe_reason(&client, R"("t":"t","opts":"select=[/a]")") == "bad filter");
  CHECK(client.command(R"("c":"sow","t":"t","opts":"select=[-/a],grouping=[/a],projection=[/a AS /b]")")
            .get("reason") == "invalid options");
  Client other(at.broker.port());
  other.logon("binary", "binary");
  CHECK(subscribe_reason(&other, R"("t":"t","opts":"select=[-/a]")") == "invalid options");
}

TEST_CASE("SUB-10: of each message only what was selected is delivered, whatever the filter looked at") {
  LoggedOn at;
  Client client(at.broker.port());
  client.logon();
  const std::string members = R"("c":"subscribe","t":"t","sub_id":"s","filter":"/b > 1",)";
  REQUIRE(client.command(members + R"("opts":"select=[-/,+/a]")").get("status") == "success");
  client.publish("t", R"({"a":1,"b":1})");
  client.publish("t", R"({"a":2,"b":2})");
  CHECK(client.next("p").body == R"({"a":2})");
  REQUIRE(client.command(members + R"("opts":"select=[-/a],replace")").get("status") == "success");
  client.publish("t", R"({"a":3,"b":3})");
  CHECK(client.next("p").body == R"({"b":3})");
}

TEST_CASE("SUB-13 ten thousand filters on one topic find theirs while subscriptions come and go") {
  TestBroker broker;
  broker.with(AMPS_BROKER_SUBSCRIPTIONS_MAX, 20'000).start();
  Client client(broker.port());
  client.logon();
  std::string block;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = std::to_string(i);
    block += raw::frame("{\"c\":\"subscribe\",\"sub_id\":\"" + id +
                        "\",\"t\":\"t\",\"filter\":\"/id = " + id + " AND /kind = 'k'\"}");
    if (i % 10 == 0) block += raw::frame(R"({"c":"p","t":"t"})", "{\"kind\":\"k\",\"id\":" + id + "}");
  }
  client.send(block);
  for (int i = 0; i < 10'000; i += 10) REQUIRE(client.next("p").get("sids") == std::to_string(i));
  client.command("\"c\":\"unsubscribe\",\"sub_id\":\"4711\"");
  client.publish("t", R"({"kind":"k","id":4711})");
  client.publish("t", R"({"kind":"other","id":4712})");
  client.publish("t", R"({"kind":"k","id":"4712"})");
  CHECK(client.next("p").get("sids") == "4712");
}

TEST_CASE(
    "TOP-21 a body that a filter of the topic cannot read is refused, and accepted where nobody reads it") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  client.command("\"c\":\"subscribe\",\"t\":\"^t\",\"sub_id\":\"f\",\"filter\":\"/a = 1\"");
  const auto publish = [&](const std::string& topic, const std::string& body) {
    client.send(raw::frame(R"({"c":"publish","cid":"9","a":"processed","t":")" + topic + "\"}", body));
    return client.next("ack").get("reason");
  };
  CHECK(publish("t1", "{\"a\":") == "invalid message");
  CHECK(publish("other", "{\"a\":") == "");
  CHECK(publish("t1", "{\"b\":2}") == "");
}

TEST_CASE("OOF-11: a delta that puts a record out of focus is told with the whole record") {
  TestBroker broker;
  broker.keep("t", {"/id"});
  broker.start();
  Client client(broker.port()), watcher(broker.port());
  client.logon("client");
  watcher.logon("watcher");
  CHECK(watcher.command(R"("c":"subscribe","t":"t","sub_id":"s","filter":"/st = 'open'","opts":"oof")")
            .get("status") == "success");
  client.send_frame(R"({"c":"p","t":"t"})", R"({"id":1,"st":"open","n":7})");
  CHECK(watcher.next("p").body == R"({"id":1,"st":"open","n":7})");
  client.send_frame(R"({"c":"delta_publish","t":"t"})", R"({"id":1,"st":"done"})");
  const Frame oof = watcher.next("oof");
  CHECK(oof.get("reason") == "match");
  CHECK(oof.get("sids") == "s");
  CHECK(oof.body == R"({"id":1,"st":"done","n":7})");
  client.send_frame(R"({"c":"delta_publish","t":"t"})", R"({"id":1,"n":8})");
  client.expect_nothing();
  watcher.expect_nothing();
}

TEST_CASE("OOF-12: on a topic without records oof has no effect") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  CHECK(client.command(R"("c":"subscribe","t":"t","sub_id":"s","filter":"/n < 5","opts":"oof")")
            .get("status") == "success");
  CHECK(raw::query(client, R"("c":"sow_and_subscribe","t":"t","filter":"/n < 5","opts":"oof")", "q")
            .records.empty());
  client.publish("t", R"({"id":1,"n":1})");
  const Frame message = client.next("p");
  CHECK(message.get("sids") == "s,q");
  CHECK_FALSE(message.has("k"));
  client.publish("t", R"({"id":1,"n":9})");
  client.expect_nothing();
}

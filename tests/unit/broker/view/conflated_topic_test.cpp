// SPDX-License-Identifier: Apache-2.0
#include "broker/view/conflated_topic.h"

#include <doctest/doctest.h>

#include <string>

#include "support/sow_answer.h"
#include "support/test_broker.h"

using namespace amps::broker;
using raw::Client;
using raw::Frame;

namespace {

struct Fixture {
  raw::TestBroker broker;
  std::unique_ptr<Client> client;

  Fixture() {
    broker.with_manual_clock();
    broker.keep("fast");
    conflate("slow", "fast", 1000);
  }
  void conflate(const std::string& name, const std::string& source, std::uint64_t interval_ms) {
    ConflatedTopicConfiguration topic;
    topic.name = name;
    topic.message_type = "json";
    topic.source = source;
    topic.interval_ms = interval_ms;
    broker.configuration.sow.push_back(topic);
  }
  ConflatedTopicConfiguration& last() {
    return std::get<ConflatedTopicConfiguration>(broker.configuration.sow.back());
  }
  void start() {
    broker.start();
    client = std::make_unique<Client>(broker.port());
    client->logon("c");
  }
  void put(const std::string& key, const std::string& body) {
    client->send_frame("{\"c\":\"p\",\"t\":\"fast\",\"k\":\"" + key + "\"}", body);
  }
  std::string records(const std::string& topic) {
    return raw::query(*client, "\"c\":\"sow\",\"t\":\"" + topic + "\"").bodies();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "CNF-07: a record changes once an interval, to what the source has at its end") {
  start();
  client->subscribe("slow", "s", "oof");
  put("a", "1");
  put("a", "2");
  put("b", "3");
  client->expect_nothing();
  broker.advance_ms(999);
  client->expect_nothing();
  broker.advance_ms(1);
  Frame frame = client->next("p");
  CHECK(frame.get("t") == "slow");
  CHECK(frame.get("k") == "a");
  CHECK(frame.body == "2");
  CHECK(client->next("p").body == "3");
  CHECK(records("slow") == "2;3;");

  put("a", "4");
  client->command("\"c\":\"sow_delete\",\"t\":\"fast\",\"sow_keys\":\"b\"");
  CHECK(records("slow") == "2;3;");
  broker.advance_ms(1000);
  CHECK(client->next("p").body == "4");
  frame = client->next("oof");
  CHECK(frame.get("reason") == "deleted");
  CHECK(frame.body == "3");
  CHECK(records("slow") == "4;");
}

TEST_CASE_FIXTURE(Fixture,
                  "CNF-07 CNF-13: a conflated topic of a conflated topic, and nobody publishes to either") {
  conflate("slower", "slow", 3000);
  start();
  client->subscribe("slow", "s");
  client->subscribe("slower", "r");
  put("a", "1");
  client->expect_nothing();
  broker.advance_ms(1000);
  CHECK(client->next("p").get("sids") == "s");
  CHECK(records("slower").empty());
  broker.advance_ms(3000);
  CHECK(client->next("p").get("sids") == "r");
  CHECK(records("slower") == "1;");
  client->send_frame("{\"c\":\"p\",\"t\":\"slow\",\"cid\":\"1\",\"a\":\"processed\"}", "x");
  CHECK(client->ack("1").get("reason") == "invalid topic");
}

TEST_CASE_FIXTURE(Fixture, "a conflated topic of what has no records stops the start") {
  conflate("wrong", "nothing", 1000);
  CHECK_THROWS_WITH_AS(broker.start(),
                       "broker did not start: ConflatedTopic wrong: its source nothing of type json is not "
                       "declared; sources stand before what is made of them",
                       std::runtime_error);
}

TEST_CASE_FIXTURE(Fixture, "CNF-12: the copy of a record may have fields of its own") {
  ConflatedTopicConfiguration topic;
  topic.name = "more";
  topic.message_type = "json";
  topic.source = "fast";
  topic.interval_ms = 1000;
  topic.enrichment = {"/n * 2 AS /twice"};
  broker.configuration.sow.push_back(topic);
  start();
  client->subscribe("more", "s", "oof");
  put("a", R"({"n":4})");
  put("b", "no json");
  client->expect_nothing();
  broker.advance_ms(1000);
  CHECK(client->next("p").body == R"({"n":4,"twice":8})");
  CHECK(client->next("p").body == "no json");
}

TEST_CASE_FIXTURE(
    Fixture, "CNF-08: a conflated topic has the records that its filter accepts at the end of an interval") {
  last().filter = "/open = 1";
  start();
  client->subscribe("slow", "s", "oof");
  put("a", R"({"open":1,"n":1})");
  put("b", R"({"open":0})");
  put("c", R"({"open":1})");
  put("c", R"({"open":0})");
  client->expect_nothing();
  broker.advance_ms(1000);
  CHECK(client->next("p").body == R"({"open":1,"n":1})");
  client->expect_nothing();
  CHECK(records("slow") == R"({"open":1,"n":1};)");

  put("a", R"({"open":0})");
  put("b", R"({"open":1,"n":2})");
  client->expect_nothing();
  broker.advance_ms(1000);
  const Frame gone = client->next("oof");
  CHECK(gone.get("reason") == "deleted");
  CHECK(gone.body == R"({"open":1,"n":1})");
  CHECK(client->next("p").body == R"({"open":1,"n":2})");
  CHECK(records("slow") == R"({"open":1,"n":2};)");
}

TEST_CASE_FIXTURE(Fixture,
                  "CNF-10: what is deleted from the source leaves the copy at the end of an interval") {
  start();
  put("a", "1");
  put("b", "2");
  client->expect_nothing();
  broker.advance_ms(1000);
  client->subscribe("slow", "s", "oof");
  client->command(R"("c":"sow_delete","t":"fast","filter":"1=1")");
  put("b", "3");
  client->expect_nothing();
  CHECK(records("slow") == "1;2;");
  broker.advance_ms(1000);
  const Frame oof = client->next("oof");
  CHECK(oof.get("reason") == "deleted");
  CHECK(oof.body == "1");
  CHECK(client->next("p").body == "3");
  CHECK(records("slow") == "3;");
}

TEST_CASE_FIXTURE(Fixture, "OOF-09 DLT-21: filters, deltas and out-of-focus messages are of the copy") {
  auto& source = std::get<SowTopicConfiguration>(broker.configuration.sow.front());
  source.keys = {"/id"};
  start();
  const auto follow = [this](const std::string& members) {
    CHECK(client->command(R"("t":"slow",)" + members).get("status") == "success");
  };
  follow(R"("c":"delta_subscribe","sub_id":"delta")");
  Client watcher(broker.port());
  watcher.logon("watcher");
  CHECK(watcher.command(R"("c":"subscribe","t":"slow","sub_id":"s","filter":"/n < 5","opts":"oof")")
            .get("status") == "success");
  const auto change = [this](const std::string& body) {
    client->send_frame(R"({"c":"p","t":"fast"})", body);
    client->expect_nothing();
    broker.advance_ms(1000);
  };
  change(R"({"id":1,"n":1,"m":1})");
  CHECK(client->next("p").body == R"({"id":1,"n":1,"m":1})");
  CHECK(watcher.next("p").body == R"({"id":1,"n":1,"m":1})");
  change(R"({"id":1,"n":9,"m":1})");
  CHECK(client->next("p").body == R"({"id":1,"n":9})");
  const Frame left = watcher.next("oof");
  CHECK(left.get("reason") == "match");
  CHECK(left.body == R"({"id":1,"n":9,"m":1})");
  change(R"({"id":1,"n":2,"m":1})");
  CHECK(client->next("p").body == R"({"id":1,"n":2})");
  CHECK(watcher.next("p").body == R"({"id":1,"n":2,"m":1})");
  client->command(R"("c":"sow_delete","t":"fast","filter":"1=1")");
  broker.advance_ms(1000);
  CHECK(watcher.next("oof").get("reason") == "deleted");
}

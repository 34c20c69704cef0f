// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/query.h"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support/sow_answer.h"
#include "support/test_broker.h"

using raw::Client;
using raw::Frame;
using raw::SowAnswer;
using raw::TestBroker;

namespace {

void declare(TestBroker* broker, const std::string& name) {
  amps::broker::SowTopicConfiguration topic;
  topic.name = name;
  topic.message_type = "json";
  topic.is_persistent = false;
  broker->configuration.sow.push_back(topic);
}

void put(Client* client, const std::string& topic, const std::string& key, const std::string& body) {
  client->send_frame("{\"c\":\"p\",\"t\":\"" + topic + "\",\"k\":\"" + key + "\"}", body);
}

}  // namespace

TEST_CASE("SOW-07 SOW-14: acks and marks stand around the records, under the query's id or the command's") {
  TestBroker broker;
  declare(&broker, "t");
  broker.start();
  Client client(broker.port());
  client.logon();
  put(&client, "t", "a", "x");
  client.send_frame("{\"c\":\"sow\",\"t\":\"t\",\"cid\":\"7\",\"a\":\"received,processed,completed,stats\"}");
  CHECK(client.ack("7").get("a") == "received");
  const Frame processed = client.ack("7");
  CHECK(processed.get("a") == "processed");
  CHECK(processed.get("query_id") == "7");
  CHECK(client.next("group_begin").get("query_id") == "7");
  const Frame batch = client.next("sow");
  CHECK(batch.header == "{\"c\":\"sow\",\"t\":\"t\",\"query_id\":\"7\",\"bs\":1}");
  CHECK(batch.body == "{\"k\":\"a\",\"l\":1}x");
  CHECK(client.next("group_end").get("query_id") == "7");
  CHECK(client.ack("7").get("a") == "completed");
  const Frame stats = client.ack("7");
  CHECK(stats.get("a") == "stats");
  CHECK(stats.get("records_returned") == "1");
  CHECK(client.command("\"c\":\"sow\",\"t\":\"t\",\"query_id\":\"mine\"").get("query_id") == "mine");
  CHECK(client.next("group_begin").get("query_id") == "mine");
}

TEST_CASE("SOW-13: a query by keys returns those that exist, each once") {
  TestBroker broker;
  declare(&broker, "t");
  broker.start();
  Client client(broker.port());
  client.logon();
  for (const char* key : {"a", "b", "c"}) put(&client, "t", key, key);
  const SowAnswer answer = raw::query(client, "\"c\":\"sow\",\"t\":\"t\",\"sow_keys\":\"c,x,a,c\"");
  CHECK(answer.bodies() == "a;c;");
  CHECK(answer.completed.get("topic_matches") == "2");
}

TEST_CASE("SOW-40: a pattern visits the topics in the order of the configuration, in one group") {
  TestBroker broker;
  for (const char* topic : {"orders-b", "other", "orders-a"}) declare(&broker, topic);
  broker.start();
  Client client(broker.port());
  client.logon();
  for (const char* topic : {"orders-a", "orders-b", "other"}) put(&client, topic, "k", topic);
  CHECK(raw::query(client, "\"c\":\"sow\",\"t\":\"^orders\",\"bs\":10").bodies() == "orders-b;orders-a;");
  CHECK(raw::query(client, "\"c\":\"sow\",\"t\":\"^none\"").records.empty());
  CHECK(client.command("\"c\":\"sow\",\"t\":\"^orders\",\"opts\":\"non_regex_topic\"").get("reason") ==
        "invalid topic");
}

TEST_CASE("SOW-43 SOW-44: keys are left out and times are added when asked") {
  TestBroker broker;
  broker.with_manual_clock();
  declare(&broker, "t");
  broker.start();
  Client client(broker.port());
  client.logon();
  put(&client, "t", "a", "x");
  const SowAnswer answer = raw::query(client, "\"c\":\"sow\",\"t\":\"t\",\"opts\":\"no_sowkey,timestamp\"");
  CHECK(answer.records[0].header.header == "{\"ts\":\"20231114T221320.000000Z\",\"l\":1}");
}

TEST_CASE("SOW-12: skipping needs a limit and an order") {
  TestBroker broker;
  declare(&broker, "t");
  broker.start();
  Client client(broker.port());
  client.logon();
  CHECK(client.command("\"c\":\"sow\",\"t\":\"t\",\"opts\":\"skip_n=1\"").get("reason") == "invalid options");
  CHECK(client.command("\"c\":\"sow\",\"t\":\"t\",\"opts\":\"skip_n=1,top_n=1\"").get("reason") ==
        "invalid options");
}

TEST_CASE("SOW-17: a subscription with a query to a topic without state begins with an empty result") {
  TestBroker broker;
  broker.start();
  Client client(broker.port());
  client.logon();
  CHECK(raw::query(client, "\"c\":\"sow_and_subscribe\",\"t\":\"t\"", "1").records.empty());
  client.publish("t", "x");
  CHECK(client.next("p").get("sids") == "1");
}

TEST_CASE(
    "a result larger than what the broker keeps for a client arrives all the same, before what comes later") {
  TestBroker broker;
  declare(&broker, "t");
  broker.with(AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX, 1u << 20).start();
  Client client(broker.port());
  client.logon();
  const std::string body(1'000, 'x');
  for (int i = 0; i < 20'000; ++i) put(&client, "t", std::to_string(i), body);
  client.expect_nothing();
  client.send_frame("{\"c\":\"sow\",\"t\":\"t\",\"cid\":\"q\",\"bs\":100,\"a\":\"processed,completed\"}");
  client.send_frame("{\"c\":\"flush\",\"cid\":\"f\",\"a\":\"processed\"}");
  CHECK(client.ack("q").get("status") == "success");
  CHECK(raw::read_answer(client).records.size() == 20'000);
  CHECK(client.ack("f").get("status") == "success");
}

TEST_CASE("a client that does not read its result costs the broker what was encoded, and no other client") {
  TestBroker broker;
  declare(&broker, "t");
  broker.start();
  Client slow(broker.port());
  slow.logon("slow");
  const std::string body(1'000, 'x');
  for (int i = 0; i < 5'000; ++i) put(&slow, "t", std::to_string(i), body);
  slow.expect_nothing();
  for (int i = 0; i < 8; ++i) {
    slow.send_frame("{\"c\":\"sow\",\"t\":\"t\",\"cid\":\"" + std::to_string(i) + "\",\"query_id\":\"" +
                    std::to_string(i) + "\",\"bs\":100,\"a\":\"completed\"}");
  }
  Client other(broker.port());
  other.logon("other");
  CHECK(raw::query(other, "\"c\":\"sow\",\"t\":\"t\",\"sow_keys\":\"17\"").records.size() == 1);
  CHECK(broker.count("outbox_bytes") < 3'000'000);
  for (int i = 0; i < 8; ++i) CHECK(raw::read_answer(slow, std::to_string(i)).records.size() == 5'000);
}

namespace {

// Publishes and deletes its own keys over and over.
void churn(std::uint16_t port, int number, const std::atomic<bool>& stop) {
  constexpr int kKeys = 2'000;
  Client client(port);
  client.logon("publisher" + std::to_string(number));
  for (int n = 0; !stop; ++n) {
    std::string block;
    for (int i = 0; i < 50; ++i) {
      const std::string key = std::to_string(number) + "-" + std::to_string((n * 50 + i) % kKeys);
      if (n % 5 == 4 && i % 10 == 0) {
        block += raw::frame("{\"c\":\"sow_delete\",\"t\":\"t\",\"sow_keys\":\"" + key + "\"}");
      } else {
        block += raw::frame("{\"c\":\"p\",\"t\":\"t\",\"k\":\"" + key + "\"}", std::to_string(n));
      }
    }
    // One block at a time: what waits for the checkers stays small, however slow they are.
    client.send(block + raw::frame("{\"c\":\"flush\",\"cid\":\"f\",\"a\":\"processed\"}"));
    REQUIRE(client.next().is("ack"));
  }
}

// Keeps the state that its query and the stream behind it add up to.
struct Checker {
  std::unique_ptr<Client> client;
  std::map<std::string, std::string> state;

  Checker(std::uint16_t port, const std::string& name) : client(std::make_unique<Client>(port)) {
    client->logon(name);
    const SowAnswer answer =
        raw::query(*client, "\"c\":\"sow_and_subscribe\",\"t\":\"t\",\"bs\":100,\"opts\":\"oof\"");
    for (const raw::SowRecord& record : answer.records) {
      REQUIRE(state.emplace(record.header.get("k"), record.body).second);
    }
  }
  void take(const Frame& frame) {
    if (frame.is("p")) {
      state[frame.get("k")] = frame.body;
      return;
    }
    REQUIRE(frame.get("reason") == "deleted");
    REQUIRE(state.count(frame.get("k")) == 1);
    CHECK(state[frame.get("k")] == frame.body);  // The very version that is known here.
    state.erase(frame.get("k"));
  }
  void take_rest() {
    client->send_frame("{\"c\":\"flush\",\"cid\":\"end\",\"a\":\"processed\"}");
    for (Frame frame = client->next(); !frame.is("ack"); frame = client->next()) take(frame);
  }
};

}  // namespace

TEST_CASE("SOW-16 SOW-52 SOW-53: with publishers at work, a result and what follows add up to the state") {
  TestBroker broker;
  declare(&broker, "t");
  broker.start();
  std::atomic<bool> stop{false};
  std::vector<std::thread> publishers;
  for (int p = 0; p < 3; ++p) {
    publishers.emplace_back([&, p] { churn(broker.port(), p, stop); });
  }
  std::vector<Checker> checkers;
  for (int i = 0; i < 6; ++i) {
    Checker& checker = checkers.emplace_back(broker.port(), "checker" + std::to_string(i));
    for (int n = 0; n < 4'000; ++n) checker.take(checker.client->next());
  }
  stop = true;
  for (std::thread& publisher : publishers) publisher.join();
  std::map<std::string, std::string> expected;
  Client last(broker.port());
  last.logon("last");
  for (const raw::SowRecord& record : raw::query(last, "\"c\":\"sow\",\"t\":\"t\",\"bs\":1000").records) {
    expected[record.header.get("k")] = record.body;
  }
  for (Checker& checker : checkers) {
    checker.take_rest();
    CHECK(checker.state == expected);
  }
}

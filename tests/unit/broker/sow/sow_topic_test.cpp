// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_topic.h"

#include <doctest/doctest.h>

#include <string>

#include "support/sow_answer.h"
#include "support/test_broker.h"

using raw::Client;
using raw::Frame;
using raw::SowAnswer;
using raw::TestBroker;

namespace {

amps::broker::SowTopicConfiguration supplied(const std::string& name) {
  amps::broker::SowTopicConfiguration topic;
  topic.name = name;
  topic.message_type = "json";
  topic.is_persistent = false;
  return topic;
}

struct Fixture {
  TestBroker broker;
  std::unique_ptr<Client> client;

  Fixture() { broker.with_manual_clock(); }
  void start(amps::broker::SowTopicConfiguration topic) {
    broker.configuration.sow.push_back(std::move(topic));
    broker.start();
    client = connect("tester");
  }
  std::unique_ptr<Client> connect(const std::string& name) {
    auto connected = std::make_unique<Client>(broker.port());
    connected->logon(name);
    return connected;
  }
  void put(const std::string& key, const std::string& body, const std::string& members = {}) {
    client->send_frame("{\"c\":\"p\",\"t\":\"t\",\"k\":\"" + key + "\"" + members + "}", body);
  }
  // Sends a publish that has to be refused; the reason.
  std::string refused(const std::string& members, const std::string& body = "x") {
    client->send_frame("{\"c\":\"p\",\"t\":\"t\",\"cid\":\"p\",\"a\":\"processed\"" + members + "}", body);
    const Frame ack = client->ack("p");
    CHECK(ack.get("status") == "failure");
    return ack.get("reason");
  }
  SowAnswer ask(const std::string& members = {}) {
    return raw::query(*client, "\"c\":\"sow\",\"t\":\"t\",\"bs\":10" + members);
  }
};

}  // namespace

TEST_CASE("SOW-03 SOW-06: records are inserted and replaced under the key their publisher supplies") {
  Fixture at;
  at.start(supplied("t"));
  at.put("b", "{\"n\":1}");
  at.put("a", "{\"n\":2}");
  at.put("b", "{\"m\":3}");
  const SowAnswer answer = at.ask();
  CHECK(answer.bodies() == "{\"m\":3};{\"n\":2};");
  CHECK(answer.records[0].header.get("k") == "b");
  CHECK(at.refused("") == "bad sow key");
  CHECK(at.refused(",\"k\":\"a,b\"") == "bad sow key");
  CHECK(at.ask().bodies() == answer.bodies());
}

TEST_CASE("SOW-46: a record has to fit into a slab") {
  Fixture at;
  auto topic = supplied("t");
  topic.slab_bytes = 164;
  at.start(topic);
  at.put("a", std::string(100, 'x'));
  CHECK(at.refused(",\"k\":\"a\"", std::string(101, 'x')) == "record too large");
  CHECK(at.ask().records[0].body.size() == 100);
}

TEST_CASE("SOW-04: deliveries of a topic with state carry the key, unless it is declined") {
  Fixture at;
  at.start(supplied("t"));
  auto plain = at.connect("plain");
  plain->subscribe("t", "s");
  auto bare = at.connect("bare");
  bare->subscribe("t", "s", "no_sowkey");
  at.put("a", "x");
  CHECK(plain->next("p").get("k") == "a");
  CHECK_FALSE(bare->next("p").has("k"));
}

TEST_CASE("SOW-24 OOF-03: a record expires when its publisher said so") {
  Fixture at;
  auto topic = supplied("t");
  topic.expires = true;
  at.start(topic);
  auto watcher = at.connect("watcher");
  watcher->subscribe("t", "s", "oof");
  at.put("never", "a");
  at.put("soon", "b", ",\"e\":10");
  at.put("zero", "c", ",\"e\":0");
  CHECK(at.ask().bodies() == "a;b;c;");
  for (int i = 0; i < 3; ++i) watcher->next("p");
  at.broker.advance_ms(9'999);
  watcher->expect_nothing();
  at.broker.advance_ms(1);
  CHECK(at.ask().bodies() == "a;c;");  // Gone for queries at once, whether or not anybody noticed.
  at.broker.advance_ms(1'000);
  const Frame oof = watcher->next("oof");
  CHECK(oof.get("reason") == "expired");
  CHECK(oof.get("k") == "soon");
  CHECK(oof.get("sids") == "s");
  CHECK(oof.body == "b");
  at.put("soon", "d");
  CHECK(watcher->next("p").body == "d");
}

TEST_CASE("SOW-23: a topic's expiration counts from the latest publish, the header's wins") {
  Fixture at;
  auto topic = supplied("t");
  topic.expires = true;
  topic.expiration_ms = 5'000;
  at.start(topic);
  at.put("a", "1");
  at.put("b", "2", ",\"e\":60");
  at.put("c", "3", ",\"e\":0");
  at.client->expect_nothing();
  at.broker.advance_ms(4'000);
  at.put("a", "4");
  at.client->expect_nothing();
  at.broker.advance_ms(4'000);
  CHECK(at.ask().bodies() == "4;2;3;");
  at.broker.advance_ms(1'000);
  CHECK(at.ask().bodies() == "2;3;");
  at.broker.advance_ms(60'000);
  CHECK(at.ask().bodies() == "3;");
}

TEST_CASE("SOW-24: without expiration, what a publisher says about it has no effect") {
  Fixture at;
  at.start(supplied("t"));
  at.put("a", "1", ",\"e\":1");
  at.client->expect_nothing();
  at.broker.advance_ms(10'000);
  CHECK(at.ask().bodies() == "1;");
}

TEST_CASE("SOW-54: a query returns the correlation id of the publish, a delta keeps it") {
  Fixture at;
  at.start(supplied("t"));
  at.put("a", "1", ",\"x\":\"corr\"");
  at.put("b", "2");
  SowAnswer answer = at.ask();
  CHECK(answer.records[0].header.get("x") == "corr");
  CHECK_FALSE(answer.records[1].header.has("x"));
  at.put("a", "3");
  CHECK_FALSE(at.ask().records[0].header.has("x"));
}

TEST_CASE("SOW-01 SOW-02 SOW-06: records are told apart by their key fields and replaced as a whole") {
  Fixture at;
  auto topic = supplied("t");
  topic.keys = {"/id", "/venue"};
  at.start(topic);
  for (const char* body : {"{\"id\":1,\"venue\":\"X\",\"n\":1}", "{\"id\":1,\"venue\":\"Y\"}",
                           "{\"venue\":\"X\",\"id\":1,\"m\":2}"}) {
    at.client->send_frame("{\"c\":\"p\",\"t\":\"t\"}", body);
  }
  CHECK(at.ask().bodies() == "{\"venue\":\"X\",\"id\":1,\"m\":2};{\"id\":1,\"venue\":\"Y\"};");
  CHECK(at.refused("", "{\"n\":1}") == "bad sow key");
  CHECK(at.refused("", "{\"id\":") == "invalid message");
  CHECK(at.ask().records.size() == 2);
}

TEST_CASE("SOW-04 SOW-05: generated keys are decimal, the same for equal values and domains") {
  Fixture at;
  auto topic = supplied("t");
  topic.keys = {"/id"};
  auto other = topic;
  other.name = "other";
  other.key_domain = "t";
  at.broker.configuration.sow.push_back(other);
  at.start(topic);
  at.client->send_frame("{\"c\":\"p\",\"t\":\"t\",\"k\":\"ignored\"}", "{\"id\":\"IBM\"}");
  at.client->send_frame("{\"c\":\"p\",\"t\":\"other\"}", "{\"id\":\"IBM\"}");
  const std::string key = at.ask().records[0].header.get("k");
  // printf 't\0IBM' | sha256sum, the first 16 digits in decimal.
  CHECK(key == "7931273950075676854");
  CHECK(raw::query(*at.client, "\"c\":\"sow\",\"t\":\"other\"").records[0].header.get("k") == key);
  CHECK(at.ask(",\"sow_keys\":\"" + key + "\"").records.size() == 1);
}

TEST_CASE("SOW-21: with key fields, a delete's data names its record") {
  Fixture at;
  auto topic = supplied("t");
  topic.keys = {"/id"};
  at.start(topic);
  at.client->send_frame("{\"c\":\"p\",\"t\":\"t\"}", "{\"id\":1,\"n\":1}");
  at.client->send_frame("{\"c\":\"p\",\"t\":\"t\"}", "{\"id\":2,\"n\":1}");
  at.client->send_frame("{\"c\":\"sow_delete\",\"t\":\"t\",\"cid\":\"d\",\"a\":\"stats\"}", "{\"id\":1}");
  CHECK(at.client->ack("d").get("records_deleted") == "1");
  CHECK(at.ask().bodies() == "{\"id\":2,\"n\":1};");
}

TEST_CASE("a topic that cannot be kept as configured stops the start, with its name") {
  TestBroker broker;
  auto topic = supplied("numbers");
  topic.message_type = "binary";
  topic.keys = {"/id"};
  broker.configuration.sow.push_back(topic);
  try {
    broker.start();
    FAIL("started");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("topic numbers: ") != std::string::npos);
  }
}

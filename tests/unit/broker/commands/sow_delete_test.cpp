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

struct Fixture {
  TestBroker broker;
  std::unique_ptr<Client> client;

  Fixture() {
    amps::broker::SowTopicConfiguration topic;
    topic.name = "t";
    topic.message_type = "json";
    topic.is_persistent = false;
    broker.configuration.sow.push_back(topic);
    broker.start();
    client = std::make_unique<Client>(broker.port());
    client->logon();
    for (const char* key : {"a", "b", "c"}) {
      client->send_frame("{\"c\":\"p\",\"t\":\"t\",\"k\":\"" + std::string(key) + "\"}", key);
    }
  }
  std::string left() { return raw::query(*client, "\"c\":\"sow\",\"t\":\"t\",\"bs\":10").bodies(); }
};

}  // namespace

TEST_CASE("SOW-20 SOW-22 OOF-02: records are deleted by key, watchers are told, acks count") {
  Fixture at;
  Client watcher(at.broker.port());
  watcher.logon("watcher");
  watcher.subscribe("t", "s", "oof");
  at.client->send_frame(
      "{\"c\":\"sow_delete\",\"t\":\"t\",\"sow_keys\":\"b,x\",\"cid\":\"d\",\"s\":9,"
      "\"a\":\"received,processed,persisted,stats\"}");
  CHECK(at.client->ack("d").get("a") == "received");
  CHECK(at.client->ack("d").get("a") == "processed");
  const Frame persisted = at.client->ack("d");
  CHECK(persisted.get("a") == "persisted");
  CHECK(persisted.get("s") == "9");
  const Frame stats = at.client->ack("d");
  CHECK(stats.get("records_deleted") == "1");
  CHECK(stats.get("matches") == "1");
  const Frame oof = watcher.next("oof");
  CHECK(oof.get("reason") == "deleted");
  CHECK(oof.get("k") == "b");
  CHECK(oof.body == "b");
  CHECK(at.left() == "a;c;");
  CHECK(at.client->command("\"c\":\"sow_delete\",\"t\":\"t\",\"k\":\"c\"").get("status") == "success");
  CHECK(at.left() == "a;");
}

TEST_CASE("SOW-21: with supplied keys, the data's record is that of the key in the header") {
  Fixture at;
  at.client->send_frame("{\"c\":\"sow_delete\",\"t\":\"t\",\"k\":\"b\",\"cid\":\"d\",\"a\":\"processed\"}",
                        "anything");
  CHECK(at.client->ack("d").get("status") == "success");
  CHECK(at.left() == "a;c;");
  at.client->send_frame("{\"c\":\"sow_delete\",\"t\":\"t\",\"cid\":\"d\",\"a\":\"processed\"}", "anything");
  CHECK(at.client->ack("d").get("reason") == "bad sow key");
}

TEST_CASE("ACK-05 a delete has exactly one selector and a topic with state") {
  Fixture at;
  const auto reason = [&](const std::string& members) {
    return at.client->command("\"c\":\"sow_delete\"," + members).get("reason");
  };
  CHECK(reason("\"t\":\"t\"") == "invalid options");
  CHECK(reason("\"t\":\"t\",\"sow_keys\":\"a\",\"filter\":\"1=1\"") == "invalid options");
  CHECK(reason("\"t\":\"u\",\"sow_keys\":\"a\"") == "invalid topic");
  CHECK(reason("\"t\":\"t\",\"bm\":\"1|1|\"") == "invalid topic");
  CHECK(at.left() == "a;b;c;");
}

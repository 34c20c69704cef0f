// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

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

  explicit Fixture(const std::vector<std::string>& keys = {}) {
    for (const char* topic : {"t", "t2"}) broker.keep(topic, keys);
    broker.start();
    client = std::make_unique<Client>(broker.port());
    client->logon();
    if (!keys.empty()) return;
    for (const char* key : {"a", "b", "c"}) {
      client->send_frame("{\"c\":\"p\",\"t\":\"t\",\"k\":\"" + std::string(key) + "\"}", key);
    }
  }
  // Answers of a sow_delete that asks for all of them: types in order, and counters of the last.
  std::string remove(const std::string& members) {
    client->send_frame(R"({"c":"sow_delete","cid":"d","a":"processed,completed,stats",)" + members + "}");
    std::string said;
    for (Frame ack = client->ack("d");; ack = client->ack("d")) {
      said += ack.get("a") + " ";
      if (ack.get("a") != "stats") continue;
      return said + ack.get("topic_matches") + "/" + ack.get("matches") + "/" + ack.get("records_deleted");
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

TEST_CASE("SOW-19: a filter deletes the records that match it, and nothing else") {
  Fixture at({"/id"});
  for (const char* body : {R"({"id":1,"n":1})", R"({"id":2,"n":5})", R"({"id":3,"n":9})"}) {
    at.client->send_frame(R"({"c":"p","t":"t"})", body);
  }
  Client watcher(at.broker.port());
  watcher.logon("watcher");
  CHECK(watcher.command(R"("c":"subscribe","t":"t","sub_id":"s","filter":"/n < 9","opts":"oof")")
            .get("status") == "success");
  CHECK(at.remove(R"("t":"t","filter":"/n > 100")") == "processed completed stats 3/0/0");
  CHECK(at.remove(R"("t":"t","filter":"/n > 4")") == "processed completed stats 3/2/2");
  const Frame oof = watcher.next("oof");
  CHECK(oof.get("reason") == "deleted");
  CHECK(oof.body == R"({"id":2,"n":5})");
  watcher.expect_nothing();
  CHECK(at.left() == R"({"id":1,"n":1};)");
  CHECK(at.remove(R"("t":"t","filter":"1=1")") == "processed completed stats 1/1/1");
  CHECK(at.left().empty());
  CHECK(at.client->command(R"("c":"sow_delete","t":"t","filter":"/n >")").get("reason") == "bad filter");
}

TEST_CASE("SOW-50: a filter deletes from every topic that a pattern matches") {
  Fixture at({"/id"});
  for (const char* topic : {"t", "t2"}) {
    for (const char* body : {R"({"id":1})", R"({"id":2})"})
      at.client->send_frame(R"({"c":"p","t":")" + std::string(topic) + "\"}", body);
  }
  CHECK(at.remove(R"("t":"^t","filter":"/id = 2")") == "processed completed stats 4/2/2");
  CHECK(raw::query(*at.client, R"("c":"sow","t":"^t","bs":10)").bodies() == R"({"id":1};{"id":1};)");
  CHECK(at.remove(R"("t":"t$","filter":"1=1")") == "processed completed stats 1/1/1");
  CHECK(raw::query(*at.client, R"("c":"sow","t":"^t","bs":10)").bodies() == R"({"id":1};)");
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_topic.h"

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>

#include "support/sow_answer.h"
#include "support/temporary_directory.h"
#include "support/test_broker.h"

using amps::test::TemporaryDirectory;
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

TEST_CASE("DLT-09 DLT-10: a delta is merged, and the whole message is stored and delivered") {
  Fixture at;
  auto topic = supplied("t");
  topic.keys = {"/id"};
  at.start(topic);
  auto watcher = at.connect("watcher");
  watcher->subscribe("t", "s");
  const auto delta = [&](const std::string& body, const std::string& members = {}) {
    at.client->send_frame("{\"c\":\"delta_publish\",\"t\":\"t\"" + members + "}", body);
    return watcher->next("p");
  };
  CHECK(delta("{\"id\":1,\"a\":1}", ",\"x\":\"first\"").body == "{\"id\":1,\"a\":1}");
  const Frame merged = delta("{\"id\":1,\"b\":2}");
  CHECK(merged.body == "{\"id\":1,\"a\":1,\"b\":2}");
  CHECK(merged.get("x") == "first");
  CHECK(delta("{\"id\":1,\"b\":2}", ",\"x\":\"second\"").get("x") == "second");  // An update, though equal.
  CHECK(at.ask().bodies() == "{\"id\":1,\"a\":1,\"b\":2};");
  at.client->send_frame("{\"c\":\"delta_publish\",\"t\":\"t\",\"cid\":\"p\",\"a\":\"processed\"}",
                        "{\"a\":1}");
  CHECK(at.client->ack("p").get("reason") == "bad sow key");
}

TEST_CASE("DLT-06: a delta to a topic without state is a publish") {
  Fixture at;
  at.start(supplied("t"));
  auto watcher = at.connect("watcher");
  watcher->subscribe("other", "s");
  at.client->send_frame("{\"c\":\"delta_publish\",\"t\":\"other\"}", "{\"a\":1}");
  CHECK(watcher->next("p").body == "{\"a\":1}");
}

TEST_CASE("DLT-19 DLT-11 DLT-13: a delta subscription begins with whole records and goes on with changes") {
  Fixture at;
  auto topic = supplied("t");
  topic.keys = {"/id"};
  at.start(topic);
  const auto put = [&](const std::string& body) { at.client->send_frame("{\"c\":\"p\",\"t\":\"t\"}", body); };
  put("{\"id\":1,\"a\":1,\"b\":2}");
  at.client->expect_nothing();
  auto watcher = at.connect("watcher");
  CHECK(raw::query(*watcher, "\"c\":\"sow_and_delta_subscribe\",\"t\":\"t\",\"opts\":\"no_empties\"")
            .bodies() == "{\"id\":1,\"a\":1,\"b\":2};");
  put("{\"id\":1,\"a\":1,\"b\":3}");
  put("{\"id\":1,\"a\":1,\"b\":3}");  // No change: left out.
  put("{\"id\":2,\"a\":1}");
  CHECK(watcher->next("p").body == "{\"id\":1,\"b\":3}");
  CHECK(watcher->next("p").body == "{\"id\":2,\"a\":1}");
}

namespace {

amps::broker::SowTopicConfiguration persistent(const std::string& directory) {
  auto topic = supplied("t");
  topic.is_persistent = true;
  topic.file_name = directory + "/t.sow";
  topic.keys = {"/id"};
  return topic;
}

// A broker in a process of its own.
struct BrokerProcess {
  explicit BrokerProcess(const std::string& directory) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    pid = ::fork();
    if (pid == 0) {
      TestBroker broker;
      broker.configuration.sow.push_back(persistent(directory));
      broker.start();
      const std::uint16_t bound = broker.port();
      if (::write(ends[1], &bound, sizeof bound) != sizeof bound) ::_exit(1);
      for (;;) ::pause();
    }
    REQUIRE(::read(ends[0], &port, sizeof port) == sizeof port);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  ~BrokerProcess() { kill(); }
  void kill() {
    if (pid == 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    pid = 0;
  }
  pid_t pid = 0;
  std::uint16_t port = 0;
};

}  // namespace

TEST_CASE("SOW-26: after kill -9 in the middle of publishing, everything acknowledged is there") {
  TemporaryDirectory directory;
  std::map<std::string, int> acknowledged;
  for (int round = 0; round < 3; ++round) {
    BrokerProcess process(directory.path());
    Client client(process.port);
    client.logon();
    const SowAnswer kept = raw::query(client, "\"c\":\"sow\",\"t\":\"t\",\"bs\":1000");
    std::map<std::string, int> state;
    for (const raw::SowRecord& record : kept.records) {
      state[record.body.substr(6, 2)] = std::stoi(record.body.substr(13));
    }
    for (const auto& [id, version] : acknowledged) {
      CAPTURE(id);
      CHECK(state[id] >= version);
    }
    // Versions rise within a round and from round to round.
    for (int i = 1; i <= 3'000; ++i) {
      const std::string version = std::to_string(round * 10'000 + i);
      client.send_frame(
          "{\"c\":\"p\",\"t\":\"t\",\"a\":\"persisted\",\"cid\":\"" + version + "\",\"s\":" + version + "}",
          "{\"id\":" + std::to_string(10 + i % 90) + ",\"n\":" + version + "}");
    }
    for (int i = 0; i < 1'500; ++i) {
      const Frame ack = client.next("ack");
      REQUIRE(ack.get("status") == "success");
      const int version = std::stoi(ack.get("s"));
      acknowledged[std::to_string(10 + version % 10'000 % 90)] = version;
    }
    process.kill();
  }
  CHECK(acknowledged.size() == 90);
}

TEST_CASE("SOW-25 SOW-26: deletes, expiry times and correlation ids outlive a restart") {
  TemporaryDirectory directory;
  auto topic = persistent(directory.path());
  topic.expires = true;
  TestBroker broker;
  broker.with_manual_clock();
  broker.configuration.sow.push_back(topic);
  const auto connect = [&] {
    broker.start();
    auto client = std::make_unique<Client>(broker.port());
    client->logon();
    return client;
  };
  auto client = connect();
  client->send_frame("{\"c\":\"p\",\"t\":\"t\",\"e\":100,\"x\":\"corr\"}", "{\"id\":1}");
  client->send_frame("{\"c\":\"p\",\"t\":\"t\",\"e\":10}", "{\"id\":2}");
  client->send_frame("{\"c\":\"p\",\"t\":\"t\"}", "{\"id\":3}");
  client->send_frame("{\"c\":\"sow_delete\",\"t\":\"t\",\"cid\":\"d\",\"a\":\"persisted\"}", "{\"id\":3}");
  CHECK(client->ack("d").get("status") == "success");
  const std::string ask = "\"c\":\"sow\",\"t\":\"t\",\"bs\":10,\"opts\":\"timestamp\"";
  const SowAnswer before = raw::query(*client, ask);
  client.reset();
  broker.broker.reset();
  broker.clock.advance_ms(10'000);
  client = connect();
  const SowAnswer after = raw::query(*client, ask);
  CHECK(after.bodies() == "{\"id\":1};");
  CHECK(after.records[0].header.header == before.records[0].header.header);
  broker.advance_ms(90'000);
  CHECK(raw::query(*client, ask).records.empty());
}

TEST_CASE("SOW-27: a transient topic is empty after a restart") {
  TestBroker broker;
  broker.configuration.sow.push_back(supplied("t"));
  for (int round = 0; round < 2; ++round) {
    broker.start();
    Client client(broker.port());
    client.logon();
    CHECK(raw::query(client, "\"c\":\"sow\",\"t\":\"t\"").records.empty());
    client.send_frame("{\"c\":\"p\",\"t\":\"t\",\"k\":\"a\"}", "x");
    client.expect_nothing();
    broker.broker.reset();
  }
}

TEST_CASE("SOW-41 SUB-10: select lists shape queries, what follows them and out-of-focus messages") {
  Fixture at;
  auto topic = supplied("t");
  topic.keys = {"/id"};
  at.start(topic);
  at.client->publish("t", R"({"id":1,"a":1,"b":1})");
  CHECK(at.ask(R"(,"opts":"select=[-/,+/a]")").bodies() == R"({"a":1};)");
  at.client->send_frame(
      R"({"c":"sow_and_subscribe","t":"t","cid":"q","sub_id":"q","a":"completed","opts":"oof,select=[-/b]"})");
  CHECK(raw::read_answer(*at.client).bodies() == R"({"id":1,"a":1};)");
  at.client->publish("t", R"({"id":2,"a":2,"b":2})");
  CHECK(at.client->next("p").body == R"({"id":2,"a":2})");
  at.client->send_frame(R"({"c":"sow_delete","t":"t"})", R"({"id":1})");
  CHECK(at.client->next("oof").body == R"({"id":1,"a":1})");
}

TEST_CASE("DLT-13 DLT-17: with no_empties, a change of what is not selected sends nothing") {
  Fixture at;
  auto topic = supplied("t");
  topic.keys = {"/id"};
  at.start(topic);
  const auto subscribe = [&](const std::string& id, const std::string& options) {
    at.client->command("\"c\":\"delta_subscribe\",\"t\":\"t\",\"sub_id\":\"" + id + "\",\"opts\":\"" +
                       options + "\"");
  };
  subscribe("s", "select=[-/b],no_empties");
  at.client->publish("t", R"({"id":1,"a":1,"b":1})");
  CHECK(at.client->next("p").body == R"({"id":1,"a":1})");
  at.client->publish("t", R"({"id":1,"a":1,"b":2})");
  at.client->expect_nothing();
  at.client->publish("t", R"({"id":1,"a":2,"b":3})");
  CHECK(at.client->next("p").body == R"({"id":1,"a":2})");
  subscribe("u", "select=[-/b]");
  at.client->publish("t", R"({"id":1,"a":2,"b":4})");
  const Frame keys_only = at.client->next("p");
  CHECK(keys_only.get("sids") == "u");
  CHECK(keys_only.body == R"({"id":1})");
}

TEST_CASE("SOW-37 SOW-38: the worked topic of preprocessing and enrichment") {
  Fixture at;
  auto topic = supplied("t");
  topic.keys = {"/k"};
  topic.preprocessing = {"CONCAT(/region,'-',/id) AS /k"};
  topic.enrichment = {"COALESCE(/status OF CURRENT, /status OF PREVIOUS, 'new') AS /status"};
  at.start(topic);
  at.client->subscribe("t", "s", "no_sowkey");
  at.client->publish("t", R"({"region":"EU","id":7})");
  CHECK(at.client->next("p").body == R"({"region":"EU","id":7,"k":"EU-7","status":"new"})");
  at.client->publish("t", R"({"region":"EU","id":7,"status":"done"})");
  CHECK(at.client->next("p").body == R"({"region":"EU","id":7,"status":"done","k":"EU-7"})");
  at.client->publish("t", R"({"region":"EU","id":7,"x":1})");
  const std::string last = R"({"region":"EU","id":7,"x":1,"k":"EU-7","status":"done"})";
  CHECK(at.client->next("p").body == last);
  CHECK(at.ask().bodies() == last + ";");
  at.client->send_frame(R"({"c":"delta_publish","t":"t"})", R"({"region":"EU","id":7,"x":2})");
  CHECK(at.client->next("p").body == R"({"region":"EU","id":7,"x":2,"k":"EU-7","status":"done"})");
  // What would be updated by a message is removed by it.
  at.client->command(R"("c":"sow_delete","t":"t","sow_keys":"none")");
  at.client->send_frame(R"({"c":"sow_delete","t":"t"})", R"({"region":"EU","id":7})");
  CHECK(at.ask().bodies() == "");
}

TEST_CASE("SOW-37 PUB-11: a message that cannot be read for its computed fields is refused") {
  Fixture at;
  auto topic = supplied("t");
  topic.enrichment = {"1 AS /one"};
  at.start(topic);
  CHECK(at.refused(R"(,"k":"a")", "{") == "invalid message");
  at.put("a", R"({"x":1})");
  CHECK(at.ask().bodies() == R"({"x":1,"one":1};)");
}

TEST_CASE("CFG-08 SOW-37: computed fields that make no sense stop the start, with topic and field") {
  for (const char* field : {"1 +", "/a OF PREVIOUS AS /b", "SUM(/a) AS /b", "[other].[/a] AS /b"}) {
    CAPTURE(field);
    Fixture at;
    auto topic = supplied("t");
    topic.preprocessing = {field};
    at.broker.configuration.sow.push_back(topic);
    amps::broker::Broker broker(at.broker.configuration, at.broker.parts);
    const amps::Status status = broker.start();
    CHECK(status.code() == AMPS_E_USAGE);
    CHECK(status.text().find("topic t: field `") == 0);
  }
}

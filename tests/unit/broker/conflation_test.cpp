// SPDX-License-Identifier: Apache-2.0
#include "broker/conflation.h"

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
  std::unique_ptr<Client> publisher;
  std::unique_ptr<Client> client;

  Fixture() { broker.with_manual_clock(); }
  void start() {
    broker.keep("t", {"/id"});
    broker.start();
    publisher = connect("publisher");
    client = connect("client");
  }
  std::unique_ptr<Client> connect(const std::string& name) {
    auto connected = std::make_unique<Client>(broker.port());
    connected->logon(name);
    return connected;
  }
  void put(const std::string& body, const std::string& topic = "t") {
    publisher->publish(topic, body);
    publisher->expect_nothing();
  }
  void remove(const std::string& filter) {
    publisher->command("\"c\":\"sow_delete\",\"t\":\"t\",\"filter\":\"" + filter + "\"");
  }
  Frame subscribe(const std::string& options, const std::string& members = "\"c\":\"subscribe\"") {
    return client->command(members + ",\"t\":\"t\",\"sub_id\":\"s\",\"opts\":\"" + options + "\"");
  }
  // "command[-reason]:body " of so many messages, after which nothing comes.
  std::string told(int count, Client* who = nullptr) {
    if (who == nullptr) who = client.get();
    std::string text;
    for (; count > 0; --count) {
      last = who->next();
      text += last.get("c") + (last.has("reason") ? "-" + last.get("reason") : "") + ":" + last.body + " ";
    }
    who->expect_nothing();
    return text;
  }
  Frame last;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "CNF-01: of each key one message an interval is sent, the latest, at its end") {
  start();
  subscribe("conflation=1s");
  put(R"({"id":1,"n":1})");
  broker.advance_ms(400);
  put(R"({"id":2,"n":1})");
  put(R"({"id":1,"n":2})");
  broker.advance_ms(599);
  CHECK(told(0) == "");
  broker.advance_ms(1);
  CHECK(told(1) == R"(p:{"id":1,"n":2} )");
  CHECK(last.get("sids") == "s");
  CHECK(last.has("k"));
  broker.advance_ms(400);
  CHECK(told(1) == R"(p:{"id":2,"n":1} )");
  broker.advance_ms(5000);
  CHECK(told(0) == "");
}

TEST_CASE_FIXTURE(Fixture, "CNF-02: an explicit key conflates across records, and topics without state") {
  start();
  subscribe("conflation=1s,conflation_key=[/sym,/side]");
  put(R"({"id":1,"sym":"A","side":"B"})");
  put(R"({"id":2,"sym":"A","side":"B"})");
  put(R"({"id":3,"sym":"A","side":"S"})");
  put(R"({"id":4})");
  CHECK(told(1) == R"(p:{"id":4} )");  // Nothing to tell it by: it is sent as it is.
  broker.advance_ms(1000);
  CHECK(told(2) == R"(p:{"id":2,"sym":"A","side":"B"} p:{"id":3,"sym":"A","side":"S"} )");
  auto other = connect("other");
  other->subscribe("free", "f", "conflation=1s,conflation_key=[/sym]");
  put(R"({"sym":"A","n":1})", "free");
  put(R"({"sym":"A","n":2})", "free");
  broker.advance_ms(1000);
  CHECK(told(1, other.get()) == R"(p:{"sym":"A","n":2} )");
}

TEST_CASE_FIXTURE(Fixture, "CNF-02: keys of different topics of a pattern do not meet") {
  start();
  client->subscribe("^t$|^free$", "s", "conflation=1s");
  put(R"({"id":1})");
  put(R"({"id":1,"n":2})", "free");
  CHECK(told(1) == R"(p:{"id":1,"n":2} )");  // A topic without state has no key.
  broker.advance_ms(1000);
  CHECK(told(1) == R"(p:{"id":1} )");
}

TEST_CASE_FIXTURE(Fixture, "CNF-05: the timestamp is that of the first message of the interval") {
  start();
  subscribe("conflation=1s,timestamp");
  auto at_once = connect("at once");
  at_once->subscribe("t", "s", "timestamp");
  put(R"({"id":1,"n":1})");
  broker.advance_ms(300);
  put(R"({"id":1,"n":2})");
  broker.advance_ms(700);
  const std::string first = at_once->next("p").get("ts");
  told(1);
  CHECK(last.get("ts") == first);
  CHECK(at_once->next("p").get("ts") != first);
}

TEST_CASE_FIXTURE(Fixture, "OOF-08: within an interval leaving counts once, and only of what was delivered") {
  start();
  put(R"({"id":1,"st":"open"})");
  client->send_frame(
      R"({"c":"sow_and_subscribe","t":"t","cid":"q","sub_id":"q","a":"completed","filter":"/st = 'open'","opts":"oof,conflation=1s"})");
  CHECK(raw::read_answer(*client).bodies() == R"({"id":1,"st":"open"};)");
  put(R"({"id":1,"st":"open","n":1})");
  put(R"({"id":1,"st":"done","n":2})");
  put(R"({"id":2,"st":"open"})");
  put(R"({"id":2,"st":"done"})");
  broker.advance_ms(1000);
  CHECK(told(1) == R"(oof-match:{"id":1,"st":"open"} )");  // As it was delivered; 2 never was.
  put(R"({"id":1,"st":"open","n":3})");
  put(R"({"id":2,"st":"open"})");
  broker.advance_ms(1000);
  CHECK(told(2) == R"(p:{"id":1,"st":"open","n":3} p:{"id":2,"st":"open"} )");
  put(R"({"id":1,"st":"done"})");
  put(R"({"id":1,"st":"open","n":4})");
  remove("/id = 2");
  broker.advance_ms(1000);
  CHECK(told(2) == R"(p:{"id":1,"st":"open","n":4} oof-deleted:{"id":2,"st":"open"} )");
}

TEST_CASE_FIXTURE(Fixture, "OOF-08: a plain subscription hears of no departure of what it never had") {
  start();
  put(R"({"id":1})");
  put(R"({"id":2})");
  subscribe("oof,conflation=1s");
  put(R"({"id":2,"n":1})");
  broker.advance_ms(1000);
  CHECK(told(1) == R"(p:{"id":2,"n":1} )");
  remove("1=1");
  broker.advance_ms(1000);
  CHECK(told(1) == R"(oof-deleted:{"id":2,"n":1} )");
}

TEST_CASE_FIXTURE(Fixture,
                  "DLT-16: the deltas of an interval are merged, though a value be back at what it was") {
  start();
  put(R"({"id":9,"s":"a","n":0,"x":1})");
  subscribe("conflation=1s", R"("c":"delta_subscribe")");
  put(R"({"id":9,"s":"b","n":1,"x":1})");
  put(R"({"id":9,"s":"a","n":1,"x":1})");
  put(R"({"id":9,"s":"a","n":0,"x":1})");
  broker.advance_ms(1000);
  CHECK(told(1) == R"(p:{"id":9,"s":"a","n":0} )");
  put(R"({"id":9,"s":null,"n":0,"x":1})");
  put(R"({"id":9,"s":null,"n":7,"x":1})");
  broker.advance_ms(1000);
  CHECK(told(1) == R"(p:{"id":9,"s":null,"n":7} )");
  put(R"({"id":8,"a":1})");
  put(R"({"id":8,"a":2})");
  broker.advance_ms(1000);
  CHECK(told(1) == R"(p:{"id":8,"a":2} )");  // A new record is whole.
}

TEST_CASE_FIXTURE(Fixture, "CNF-04: conflation=auto holds nothing back from a client that keeps up") {
  start();
  subscribe("conflation=auto");
  put(R"({"id":1,"n":1})");
  put(R"({"id":1,"n":2})");
  CHECK(told(2) == R"(p:{"id":1,"n":1} p:{"id":1,"n":2} )");
}

TEST_CASE_FIXTURE(Fixture,
                  "SUB-10 CNF-01: what is held is what was selected; the key may be something else") {
  start();
  subscribe("conflation=1s,conflation_key=[/sym],select=[-/,+/n]");
  put(R"({"id":1,"sym":"A","n":1})");
  put(R"({"id":2,"sym":"A","n":2})");
  broker.advance_ms(1000);
  CHECK(told(1) == R"(p:{"n":2} )");
}

TEST_CASE_FIXTURE(Fixture, "CNF-01 SUB-07: replacing sends what is held, unsubscribing and leaving drop it") {
  start();
  subscribe("conflation=1h");
  put(R"({"id":1})");
  subscribe("conflation=1h,replace");
  put(R"({"id":2})");
  CHECK(told(1) == R"(p:{"id":1} )");
  client->command(R"("c":"unsubscribe","sub_id":"s")");
  broker.advance_ms(3'600'000);
  CHECK(told(0) == "");
  subscribe("conflation=1h");
  put(R"({"id":3})");
  client.reset();
  broker.wait_for_count("connections", 1);
  broker.advance_ms(3'600'000);
  put(R"({"id":4})");
}

TEST_CASE_FIXTURE(Fixture,
                  "SLO-01 CNF-01: what is held has the client's bound; beyond it everything is sent") {
  broker.with(AMPS_BROKER_CLIENT_OUTBOX_BYTES_MAX, 10'000);
  start();
  subscribe("conflation=1h");
  std::string expected;
  for (int id = 0; id < 5; ++id) {
    const std::string body =
        "{\"id\":" + std::to_string(id) + ",\"text\":\"" + std::string(1'700, 'x') + "\"}";
    put(body);
    expected += "p:" + body + " ";
  }
  CHECK(told(5) == expected);
}

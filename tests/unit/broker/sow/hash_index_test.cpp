// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/hash_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "broker/filter.h"
#include "support/sow_answer.h"
#include "support/test_broker.h"

using namespace amps::broker;

namespace {

struct Indexed {
  HashIndex index;
  std::map<std::uint32_t, std::string> bodies;

  explicit Indexed(const std::vector<std::string>& paths, const char* type = "json") {
    REQUIRE(HashIndex::make(paths, find_message_format(type), &index).ok());
  }
  void put(std::uint32_t slot, const std::string& body) {
    if (bodies.count(slot) != 0) {
      index.update(slot, body);
    } else {
      index.insert(slot, body);
    }
    bodies[slot] = body;
  }
  void remove(std::uint32_t slot) {
    index.remove(slot);
    bodies.erase(slot);
  }
  static std::unique_ptr<Filter> compile(const std::string& text) {
    std::unique_ptr<Filter> filter;
    REQUIRE(Filter::compile(text, find_message_format("json"), {}, &filter).ok());
    return filter;
  }
  // Slots the index finds, as text; "all": it does not help.
  std::string find(const std::string& text) {
    std::vector<std::uint32_t> slots;
    if (!index.find(*compile(text)->program(), &slots)) return "all";
    std::string found;
    for (const std::uint32_t slot : slots) found += std::to_string(slot) + " ";
    return found;
  }
};

}  // namespace

TEST_CASE(
    "SOW-30 PRF-04: equality and IN on all fields of an index find their records, other filters do not") {
  Indexed at({"/a", "/b"});
  at.put(0, R"({"a":"x","b":1})");
  at.put(1, R"({"a":"x","b":2})");
  at.put(2, R"({"a":"y","b":1})");
  CHECK(at.find("/a = 'x' AND /b = 1") == "0 ");
  CHECK(at.find("/b IN (1, 2) AND /a IN ('x', 'z')") == "0 1 ");
  CHECK(at.find("/a = 'x' AND /b = 2 AND /c > 7") == "1 ");
  CHECK(at.find("/a = 'z' AND /b = 1") == "");
  CHECK(at.find("/a = 'x'") == "all");
  CHECK(at.find("/a = 'x' OR /b = 1") == "all");
  CHECK(at.find("/a != 'x' AND /b = 1") == "all");
  at.put(1, R"({"a":"x","b":1})");
  at.remove(0);
  CHECK(at.find("/a = 'x' AND /b = 1") == "1 ");
}

TEST_CASE("SOW-32: numbers are found as text and text as numbers; arrays always, what is missing never") {
  Indexed at({"/a"});
  at.put(0, R"({"a":1})");
  at.put(1, R"({"a":"1.0"})");
  at.put(2, R"({"a":true})");
  at.put(3, R"({"a":[5,1]})");
  at.put(4, R"({"b":1})");
  at.put(5, R"({"a":"one"})");
  at.put(6, "{");
  CHECK(at.find("/a = 1") == "0 1 2 3 ");
  CHECK(at.find("/a = '1'") == "0 1 2 3 ");
  CHECK(at.find("/a = 'one'") == "3 5 ");
  CHECK(at.find("/a = NULL") == "3 ");
}

TEST_CASE("SOW-32: whatever happens to records, every record that a filter accepts is found") {
  std::mt19937 random(7);
  Indexed at({"/a", "/o/b"});
  const char* const values[] = {"1",         "\"1\"", "1.0",    "\"x\"", "null",
                                "[1,\"x\"]", "true",  "\"1 \"", "-0.0",  "0"};
  const auto value = [&] { return std::string(values[random() % std::size(values)]); };
  const std::string filters[] = {"/a = 1 AND /o/b = 'x'", "/a IN ('1', 'x') AND /o/b IN (1, 0)",
                                 "/o/b = TRUE AND /a = '1.0'", "/a = 0 AND /o/b = 1"};
  for (int round = 0; round < 3'000; ++round) {
    const std::uint32_t slot = random() % 40;
    if (random() % 4 == 0 && at.bodies.count(slot) != 0) {
      at.remove(slot);
    } else {
      at.put(slot, "{\"a\":" + value() + ",\"o\":{\"b\":" + value() + "}}");
    }
    if (round % 10 != 0) continue;
    for (const std::string& text : filters) {
      const auto filter = Indexed::compile(text);
      std::vector<std::uint32_t> slots;
      REQUIRE(at.index.find(*filter->program(), &slots));
      for (const auto& [known, body] : at.bodies) {
        if (!filter->matches("t", body)) continue;
        CAPTURE(text);
        CAPTURE(body);
        CHECK(std::find(slots.begin(), slots.end(), known) != slots.end());
      }
    }
  }
}

TEST_CASE("an index needs fields") {
  HashIndex index;
  CHECK(HashIndex::make({"/a"}, nullptr, &index).code() == AMPS_E_USAGE);
  CHECK(HashIndex::make({}, find_message_format("json"), &index).code() == AMPS_E_USAGE);
  HashIndex another;
  CHECK(HashIndex::make({"a"}, find_message_format("json"), &another).code() == AMPS_E_USAGE);
}

TEST_CASE(
    "SOW-30 SOW-32: queries by indexed fields find what a look at all records finds, and count the same") {
  raw::TestBroker broker;
  SowTopicConfiguration topic;
  topic.name = "t";
  topic.message_type = "json";
  topic.is_persistent = false;
  topic.keys = {"/id"};
  topic.hash_indexes = {{"/sym", "/side"}};
  broker.configuration.sow.push_back(topic);
  broker.start();
  raw::Client client(broker.port());
  client.logon();
  const auto ask = [&](const std::string& members) {
    return raw::query(client, "\"c\":\"sow\",\"t\":\"t\",\"bs\":10" + members);
  };
  for (int id = 0; id < 600; ++id) {
    const std::string side = id % 2 == 0 ? "B" : "S";
    client.publish("t", "{\"id\":" + std::to_string(id) + ",\"sym\":\"" + std::to_string(id % 100) +
                            "\",\"side\":\"" + side + "\"}");
  }
  const raw::SowAnswer by_index = ask(R"(,"filter":"/sym = '42' AND /side = 'B'")");
  const raw::SowAnswer by_look = ask(R"(,"filter":"/sym + 0 = 42 AND /side LIKE '^B$'")");
  CHECK(by_index.records.size() == 6);
  CHECK(by_index.bodies() == by_look.bodies());
  CHECK(by_index.completed.get("topic_matches") == "600");
  CHECK(by_index.completed.get("matches") == by_look.completed.get("matches"));
  CHECK(ask(R"x(,"filter":"/id IN ('7', 9)")x").records.size() == 2);
  client.publish("t", R"({"id":42,"sym":"1","side":"B"})");
  CHECK(ask(R"(,"filter":"/sym = '42' AND /side = 'B'")").records.size() == 5);
  client.command(R"("c":"sow_delete","t":"t","filter":"/id = 142")");
  CHECK(ask(R"(,"filter":"/sym = '42' AND /side = 'B'")").records.size() == 4);
}

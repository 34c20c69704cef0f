// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/query.h"

#include <doctest/doctest.h>

#include <string>

#include "amps/amps_message.h"
#include "support/sow_answer.h"
#include "support/test_broker.h"

using namespace amps::broker;

namespace {

// Frames cut from what a result encodes.
std::vector<raw::Frame> frames_of(std::string_view bytes) {
  std::vector<raw::Frame> frames;
  while (!bytes.empty()) {
    std::size_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
    frames.push_back(raw::parse(bytes.substr(4, size)));
    bytes.remove_prefix(4 + size);
  }
  return frames;
}

struct Fixture {
  RecordTable table;
  Query query;

  Fixture() {
    query.query_id = "q";
    query.command_id = "c";
    query.acks = AMPS_ACK_Completed | AMPS_ACK_Stats;
  }
  void put(const std::string& key, const std::string& body, std::uint64_t expires_us = 0) {
    Record::Parts parts;
    parts.key = key;
    parts.body = body;
    parts.timestamp_us = 1'700'000'000'000'000;
    parts.expires_us = expires_us;
    table.add(Record::make(parts));
  }
  QueryResult open() {
    QueryResult result(std::move(query), 1'000);
    result.add("t", table.snapshot());
    return result;
  }
  static std::string text(QueryResult& result, int* steps = nullptr) {
    amps::Buffer out;
    int count = 1;
    while (result.encode_some(&out)) ++count;
    if (steps != nullptr) *steps = count;
    std::string text;
    for (const raw::Frame& frame : frames_of(out.view())) {
      text += frame.is("ack") ? frame.get("a") : frame.get("c");
      if (frame.is("sow")) {
        for (const raw::SowRecord& record : raw::sow_records(frame))
          text += " " + record.topic + ":" + record.body;
      } else if (frame.has("matches")) {
        text += " " + frame.get("topic_matches") + "," + frame.get("matches") + "," +
                frame.get("records_returned");
      }
      text += ";";
    }
    return text;
  }
  std::string answer() {
    QueryResult result = open();
    return text(result);
  }
};

std::unique_ptr<Filter> filter_of(const char* text) {
  std::unique_ptr<Filter> filter;
  REQUIRE(Filter::compile(text, find_message_format("json"), {}, &filter).ok());
  return filter;
}

}  // namespace

TEST_CASE("SOW-15: an empty result has its marks and acks") {
  Fixture at;
  CHECK(at.answer() == "group_begin;group_end;completed 0,0,0;stats 0,0,0;");
}

TEST_CASE("SOW-09: records come in batches of the size asked for, the last one short") {
  Fixture at;
  for (int i = 1; i <= 5; ++i) at.put(std::to_string(i), std::to_string(i));
  SUBCASE("two") {
    at.query.batch_size = 2;
    CHECK(at.answer() ==
          "group_begin;sow t:1 t:2;sow t:3 t:4;sow t:5;group_end;completed 5,5,5;stats 5,5,5;");
  }
  SUBCASE("one is the default") {
    at.query.acks = 0;
    CHECK(at.answer() == "group_begin;sow t:1;sow t:2;sow t:3;sow t:4;sow t:5;group_end;");
  }
}

TEST_CASE("SOW-40: batches hold records of one topic, topics come in the order they were added") {
  Fixture at;
  at.query.batch_size = 10;
  at.query.acks = 0;
  at.put("1", "1");
  QueryResult result = at.open();
  result.add("u", at.table.snapshot());
  result.add("v", std::vector<RecordRef>{at.table.at(0), at.table.at(0)});
  CHECK(at.text(result) == "group_begin;sow t:1;sow u:1;sow v:1 v:1;group_end;");
}

TEST_CASE("SOW-08 SOW-11 ACK-11: filter and top_n choose, counters tell what was seen") {
  Fixture at;
  at.query.batch_size = 10;
  for (int i = 1; i <= 7; ++i) at.put(std::to_string(i), std::to_string(i));
  at.query.filter = filter_of("SOW_KEY() % 2 = 1");
  SUBCASE("filter") {
    CHECK(at.answer() == "group_begin;sow t:1 t:3 t:5 t:7;group_end;completed 7,4,4;stats 7,4,4;");
  }
  SUBCASE("SOW-12 top_n and skip_n") {
    at.query.top_n = 2;
    at.query.skip_n = 1;
    CHECK(at.answer() == "group_begin;sow t:3 t:5;group_end;completed 7,4,2;stats 7,4,2;");
  }
  SUBCASE("ACK-14 none") {
    at.query.top_n = 0;
    at.query.acks = AMPS_ACK_Stats;
    CHECK(at.answer() == "group_begin;group_end;stats 7,4,0;");
  }
}

TEST_CASE("overdue records are not returned") {
  Fixture at;
  at.put("1", "1", 1'000);
  at.put("2", "2", 1'001);
  CHECK(at.answer() == "group_begin;sow t:2;group_end;completed 1,1,1;stats 1,1,1;");
}

TEST_CASE("a large result is made in steps, in frames of bounded size") {
  Fixture at;
  at.query.batch_size = 10'000;
  for (int i = 0; i < 2'000; ++i) at.put(std::to_string(i), std::string(1'000, 'x'));
  int steps = 0;
  QueryResult result = at.open();
  const std::string text = at.text(result, &steps);
  CHECK(steps > 7);
  CHECK(text.find("completed 2000,2000,2000;") != std::string::npos);
}

TEST_CASE("a search without matches gives others their turn") {
  Fixture at;
  for (int i = 0; i < 20'000; ++i) at.put(std::to_string(i), "2");
  at.query.filter = filter_of("FALSE");
  int steps = 0;
  QueryResult result = at.open();
  CHECK(at.text(result, &steps) == "group_begin;group_end;completed 20000,0,0;stats 20000,0,0;");
  CHECK(steps > 4);
}

TEST_CASE("a cancelled query ends with its mark") {
  Fixture at;
  for (int i = 0; i < 10'000; ++i) at.put(std::to_string(i), std::string(100, 'x'));
  QueryResult result = at.open();
  amps::Buffer out;
  REQUIRE(result.encode_some(&out));
  result.cancel("other");
  REQUIRE(result.encode_some(&out));
  result.cancel("q");
  out.clear();
  CHECK_FALSE(result.encode_some(&out));
  const auto frames = frames_of(out.view());
  CHECK(frames[frames.size() - 3].is("group_end"));
}

TEST_CASE("SOW-45 OOF-07: a replacing query sends what is new and tells what is lost") {
  Fixture at;
  at.query.batch_size = 10;
  at.query.acks = 0;
  at.query.subscription_id = "s";
  for (int i = 1; i <= 4; ++i) at.put(std::to_string(i), std::to_string(i));
  at.query.replaced.emplace();
  at.query.replaced->tell_departures = true;
  SUBCASE("wider") {
    at.query.replaced->filter = filter_of("SOW_KEY() % 2 = 1");
    CHECK(at.answer() == "group_begin;sow t:2 t:4;group_end;");
  }
  SUBCASE("narrower") {
    at.query.filter = filter_of("SOW_KEY() % 2 = 1");
    CHECK(at.answer() == "group_begin;group_end;oof;oof;");
  }
}

TEST_CASE("SOW-10 SOW-11 SOW-12: an ordered result is cut to the records that were asked for") {
  Fixture at;
  at.query.batch_size = 10;
  at.query.acks = 0;
  REQUIRE(OrderBy::parse("/n DESC", find_message_format("json"), &at.query.order.emplace()).ok());
  for (int i = 0; i < 20'000; ++i) {
    at.put(std::to_string(i), "{\"n\":" + std::to_string(i * 7919 % 20'000) + "}");
  }
  at.query.top_n = 2;
  at.query.skip_n = 1;
  CHECK(at.answer() == "group_begin;sow t:{\"n\":19998} t:{\"n\":19997};group_end;");
}

TEST_CASE("an order goes over all topics of a query") {
  Fixture at;
  at.query.batch_size = 10;
  at.query.acks = 0;
  REQUIRE(OrderBy::parse("/n", find_message_format("json"), &at.query.order.emplace()).ok());
  at.put("1", "{\"n\":1}");
  at.put("3", "{\"n\":3}");
  QueryResult result = at.open();
  RecordTable other;
  Record::Parts parts;
  parts.key = "2";
  parts.body = "{\"n\":2}";
  other.add(Record::make(parts));
  result.add("u", other.snapshot());
  CHECK(at.text(result) == "group_begin;sow t:{\"n\":1};sow u:{\"n\":2};sow t:{\"n\":3};group_end;");
}

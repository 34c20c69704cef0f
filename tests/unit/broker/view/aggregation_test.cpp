// SPDX-License-Identifier: Apache-2.0
#include "broker/view/aggregation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

using namespace amps::broker;

namespace {

RecordRef record_of(const std::string& key, const std::string& body) {
  Record::Parts parts;
  parts.key = key;
  parts.body = body;
  return Record::make(parts);
}

struct Recorder final : Aggregation::Output {
  void put_group(std::string_view identity, std::string_view body) override {
    told += "+" + std::string(body) + " ";
    groups[std::string(identity)] = body;
  }
  void remove_group(std::string_view identity) override {
    told += "-" + std::string(identity) + " ";
    groups.erase(std::string(identity));
  }
  std::string told;
  std::map<std::string, std::string> groups;
};

struct Fixture {
  ViewTexts texts;
  std::unique_ptr<ViewPlan> plan;
  std::unique_ptr<Aggregation> aggregation;
  Recorder recorder;

  void make() {
    const amps::Status status = ViewPlan::make({{"json", "orders"}}, "json", texts, &plan);
    REQUIRE_MESSAGE(status.ok(), status.text());
    aggregation = std::make_unique<Aggregation>(plan.get());
  }
  std::string put(const std::string& key, const std::string& body) {
    aggregation->replace(key, {{record_of(key, body)}}, &recorder);
    return std::exchange(recorder.told, {});
  }
  std::string remove(const std::string& key) {
    aggregation->replace(key, {}, &recorder);
    return std::exchange(recorder.told, {});
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "VEW-01 VEW-02 VEW-07: the worked view of customers") {
  texts = {{"/cust", "SUM(/qty) AS /tot/qty", "COUNT(/id) AS /n"}, {"/cust"}, "/st = 'ok'"};
  make();
  CHECK(put("1", R"({"id":1,"cust":"A","qty":5,"st":"ok"})") == R"(+{"cust":"A","tot":{"qty":5},"n":1} )");
  CHECK(put("2", R"({"id":2,"cust":"A","qty":7,"st":"no"})").empty());
  CHECK(put("2", R"({"id":2,"cust":"A","qty":7,"st":"ok"})") == R"(+{"cust":"A","tot":{"qty":12},"n":2} )");
  CHECK(put("1", R"({"id":1,"cust":"B","qty":5,"st":"ok"})") ==
        R"(+{"cust":"A","tot":{"qty":7},"n":1} +{"cust":"B","tot":{"qty":5},"n":1} )");
  CHECK(remove("2") == "-A ");
  CHECK(remove("2").empty());
  CHECK(aggregation->group_count() == 1);
}

TEST_CASE_FIXTURE(Fixture, "AGG-04 AGG-05: the worked example of aggregate functions") {
  texts.grouping = {"/cust"};
  texts.projection = {"/cust",
                      "COUNT(/id) AS /a",
                      "COUNT(/qty) AS /b",
                      "SUM(/qty) AS /c",
                      "AVG(/qty) AS /d",
                      "SUM(/qty * /px) AS /e",
                      "MIN(/qty) AS /f",
                      "MAX(/qty) AS /g",
                      "MAX(/px) AS /h",
                      "COUNT_DISTINCT(/cust) AS /i",
                      "STDDEV_POP(/qty) AS /j",
                      "STDDEV_SAMP(/qty) AS /k",
                      "SUM(IF(/qty > 15, 1, 0)) AS /l",
                      "/id AS /m"};
  make();
  put("1", R"({"id":1,"cust":"A","qty":10,"px":2.5})");
  put("2", R"({"id":2,"cust":"A","qty":20,"px":1.5})");
  put("3", R"({"id":3,"cust":"B","qty":7})");
  put("4", R"({"id":4,"cust":"A","qty":null,"px":4.0})");
  put("5", R"({"id":5,"cust":"B","qty":"x","px":1})");
  CHECK(recorder.groups.at("A") ==
        R"({"cust":"A","a":3,"b":2,"c":30,"d":15.0,"e":55.0,"f":10,"g":20,"h":4.0,"i":1,"j":5.0,)"
        R"("k":7.0710678118654755,"l":1,"m":4})");
  CHECK(recorder.groups.at("B") ==
        R"({"cust":"B","a":2,"b":2,"c":0,"d":0,"e":0,"f":7,"g":"x","h":1,"i":1,"j":0,"k":0,"l":1,"m":5})");
}

TEST_CASE_FIXTURE(Fixture,
                  "AGG-06: a field outside the grouping is that of the last message, whatever is deleted") {
  texts = {{"/g", "/v", "COUNT(/g) AS /n"}, {"/g"}, {}};
  make();
  put("1", R"({"g":1,"v":"first"})");
  put("2", R"({"g":1,"v":"second"})");
  CHECK(remove("2") == R"(+{"g":1,"v":"second","n":1} )");
  CHECK(put("1", R"({"g":1,"v":"third"})") == R"(+{"g":1,"v":"third","n":1} )");
}

TEST_CASE_FIXTURE(Fixture, "AGG-07: expressions of aggregates, and optional fields that are NULL") {
  texts = {{"/g", "SUM(/a) * 1.0 / SUM(/b) AS /r", "MAX(/c) AS /c HINT OPTIONAL"}, {"/g"}, {}};
  make();
  CHECK(put("1", R"({"g":1,"a":3,"b":2})") == R"(+{"g":1,"r":1.5} )");
}

TEST_CASE_FIXTURE(Fixture, "AGG-08: ANY, FIRST, LAST and the list of distinct values") {
  texts = {
      {"FIRST(/v) AS /f", "LAST(/v) AS /l", "ANY(/v) AS /a", "DISTINCT_LIST(/v, '|') AS /d"}, {"/g"}, {}};
  make();
  put("1", R"({"g":1,"v":"b"})");
  put("2", R"({"g":1,"v":"a"})");
  CHECK(put("3", R"({"g":1,"v":"b"})") == R"(+{"f":"b","l":"b","a":"b","d":"a|b"} )");
  CHECK(remove("1") == R"(+{"f":"a","l":"b","a":"b","d":"a|b"} )");
}

TEST_CASE_FIXTURE(Fixture, "records without the grouping field make a group of their own") {
  texts = {{"/g", "COUNT(/id) AS /n"}, {"/g"}, {}};
  make();
  CHECK(put("1", R"({"id":1})") == R"(+{"g":null,"n":1} )");
  CHECK(put("2", R"({"id":2,"g":null})") == R"(+{"g":null,"n":2} )");
  CHECK(put("3", "not a message") == R"(+{"g":null,"n":2} )");
  CHECK(aggregation->group_count() == 1);
}

TEST_CASE_FIXTURE(Fixture, "VEW-12: two fields never look like two others") {
  texts = {{"/a", "/b"}, {"/a", "/b"}, {}};
  make();
  put("1", R"({"a":"x","b":"yz"})");
  put("2", R"({"a":"xy","b":"z"})");
  put("3", R"({"a":"xy"})");
  CHECK(aggregation->group_count() == 3);
}

TEST_CASE("a view equals its recomputation from scratch after random changes") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Fixture fixture;
    fixture.texts = {{"/g", "SUM(/v) AS /sum", "AVG(/v) AS /avg", "MIN(/v) AS /min", "MAX(/v) AS /max",
                      "COUNT_DISTINCT(/v) AS /cd", "STDDEV_SAMP(/v) AS /sd", "FIRST(/v) AS /f",
                      "LAST(/v) AS /l", "DISTINCT_LIST(/v) AS /d", "SUM(/v * /w) AS /p"},
                     {"/g"},
                     seed % 2 == 0 ? "/w > 2" : ""};
    fixture.make();
    std::mt19937 random(seed);
    std::map<std::string, std::string> bodies;
    std::vector<std::string> order;  // Keys by their latest change.
    for (int step = 0; step < 300; ++step) {
      const std::string key = std::to_string(random() % 20);
      order.erase(std::remove(order.begin(), order.end(), key), order.end());
      if (random() % 5 == 0) {
        bodies.erase(key);
        fixture.remove(key);
        continue;
      }
      static const char* const values[] = {"1",    "0.1",   "1e16", "-1e16", "\"a\"",
                                           "null", "\"7\"", "0.2",  "3",     "-0.30000000000000004"};
      const std::string body = "{\"g\":" + std::to_string(random() % 3) + ",\"v\":" + values[random() % 10] +
                               ",\"w\":" + std::to_string(random() % 5) + "}";
      bodies[key] = body;
      order.push_back(key);
      fixture.put(key, body);
    }
    Aggregation fresh(fixture.plan.get());
    Recorder expected;
    for (const std::string& key : order) fresh.replace(key, {{record_of(key, bodies[key])}}, &expected);
    CHECK(fixture.recorder.groups == expected.groups);
    Recorder all;
    fixture.aggregation->for_each(&all);
    CHECK(all.groups == expected.groups);
  }
}

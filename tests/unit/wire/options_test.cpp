// SPDX-License-Identifier: Apache-2.0
#include "wire/options.h"

#include <doctest/doctest.h>

using namespace amps::wire;

TEST_CASE("commas inside brackets do not split") {
  std::vector<Option> options;
  REQUIRE(parse_options(" replace , projection=[SUM(/a,/b) AS /c,[/d]] ,top_n= 5,,none", &options).ok());
  REQUIRE(options.size() == 3);
  CHECK(option_is(options[0], "REPLACE"));
  CHECK_FALSE(options[0].has_value);
  CHECK(options[1].value == "[SUM(/a,/b) AS /c,[/d]]");
  CHECK(options[2].name == "top_n");
  CHECK(options[2].value == "5");
}

TEST_CASE("unbalanced brackets and nameless options are refused") {
  std::vector<Option> options;
  for (const char* text : {"select=[", "select=]", "a=]b[", "a=[b],]", "=3", " = "}) {
    CHECK_MESSAGE(parse_options(text, &options).code() == AMPS_E_INVALID_OPTIONS, text);
  }
}

TEST_CASE("the last of repeated options counts") {
  CHECK(find_option("a=1,b,A=2", "a") == "2");
  CHECK(find_option("a=1", "b") == std::nullopt);
  CHECK(without_option("replace,oof,a=[1,2]", "replace") == "oof,a=[1,2]");
}

TEST_CASE("intervals, sizes and counts have units and bounds") {
  CHECK(parse_interval_ns("5") == 5'000'000'000ull);
  CHECK(parse_interval_ns("250us") == 250'000ull);
  CHECK(parse_interval_ns("2 MS") == 2'000'000ull);
  CHECK(parse_interval_ns("1w") == 604'800'000'000'000ull);
  CHECK(parse_interval_ns("99999999999w") == std::nullopt);
  CHECK(parse_interval_ns("-1s") == std::nullopt);
  CHECK(parse_size_bytes("500KB") == 512'000ull);
  CHECK(parse_size_bytes("99999999999GB") == std::nullopt);
  CHECK(parse_count("3k") == 3'000ull);
  CHECK(parse_count("2M") == 2'000'000ull);
  CHECK(parse_count("x") == std::nullopt);
}

TEST_CASE("booleans have five spellings each") {
  for (const char* text : {"true", "1", "YES", "t", "y"}) CHECK(parse_bool(text) == true);
  for (const char* text : {"false", "0", "No", "f", "n"}) CHECK(parse_bool(text) == false);
  CHECK(parse_bool("on") == std::nullopt);
}

TEST_CASE("a topic with a special character is a pattern") {
  for (const char* topic : {"^a", "a$", "a.b", "a*", "a?", "a+", "(a)", "[a]", "a{2}", "a\\b", "a|b"}) {
    CHECK_MESSAGE(is_topic_pattern(topic), topic);
  }
  CHECK_FALSE(is_topic_pattern("orders/us-1 x"));
}

TEST_CASE("ids of a list are visited in order") {
  std::string seen;
  for_each_id("1,,22,3", [&](std::string_view id) { seen.append(id).append(";"); });
  CHECK(seen == "1;22;3;");
}

TEST_CASE("ids have a length and no control characters") {
  CHECK(is_id("a, b/c \xc3\xa9"));
  CHECK(is_id(std::string(1024, 'x')));
  CHECK_FALSE(is_id(std::string(1025, 'x')));
  for (const char byte : {'\0', '\n', '\x1f', '\x7f'}) CHECK_FALSE(is_id(std::string("a") + byte));
}

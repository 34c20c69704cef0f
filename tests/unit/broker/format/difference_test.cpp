// SPDX-License-Identifier: Apache-2.0
#include "broker/format/difference.h"

#include <doctest/doctest.h>

#include <string>

#include "broker/format/message_format.h"

using namespace amps::broker;

namespace {

// The difference with key /id, and "!" behind it when there is nothing else.
std::string difference(std::string_view previous, std::string_view current, std::string_view type = "json",
                       const char* key = "/id") {
  const MessageFormat* const format = find_message_format(type);
  REQUIRE(format != nullptr);
  Document before;
  Document now;
  Document out;
  std::vector<FieldPath> keys(1);
  REQUIRE(FieldPath::parse(key, &keys[0]).ok());
  REQUIRE(format->parse(previous, &before).ok());
  REQUIRE(format->parse(current, &now).ok());
  const bool some = find_difference(before, now, keys, &out);
  amps::Buffer text;
  REQUIRE(format->write(out, &text).ok());
  return std::string(text.view()) + (some ? "" : "!");
}

}  // namespace

TEST_CASE("DLT-11 DLT-12: keys and fields with another value, by path") {
  CHECK(difference(R"({"id":1,"a":1,"b":2})", R"({"id":1,"a":1,"b":3})") == R"({"id":1,"b":3})");
  CHECK(difference(R"({"id":1,"o":{"x":1,"y":2}})", R"({"id":1,"o":{"x":1,"y":9}})") ==
        R"({"id":1,"o":{"y":9}})");
  CHECK(difference(R"({"id":1,"l":[1,2]})", R"({"id":1,"l":[1,3]})") == R"({"id":1,"l":[1,3]})");
  CHECK(difference(R"({"id":1,"a":1,"b":2})", R"({"id":1,"a":5})") == R"({"id":1,"a":5})");
  CHECK(difference(R"({"id":1})", R"({"n":{"z":1},"id":1})") == R"({"id":1,"n":{"z":1}})");
  CHECK(difference(R"({"id":1,"a":{"x":1}})", R"({"id":1,"a":7})") == R"({"id":1,"a":7})");
}

TEST_CASE("DLT-13: without a change only the key is left") {
  CHECK(difference(R"({"id":1,"a":1})", R"({"id":1,"a":1})") == R"({"id":1}!)");
  CHECK(difference(R"({"id":1,"o":{"x":1}})", R"({"o":{"x": 1},"id":1})") == R"({"id":1}!)");
  CHECK(difference(R"({"id":1,"a":1,"b":2})", R"({"b":2,"id":1})") == R"({"id":1}!)");
}

TEST_CASE("keys inside an object stand beside what changed in it") {
  CHECK(difference(R"({"o":{"id":1,"a":1,"b":1}})", R"({"o":{"id":1,"a":2,"b":1}})", "json", "/o/id") ==
        R"({"o":{"id":1,"a":2}})");
}

TEST_CASE("another type is another value") {
  CHECK(difference(R"({"id":1,"a":1})", R"({"id":1,"a":"1"})") == R"({"id":1,"a":"1"})");
  CHECK(difference(R"({"id":1,"a":null})", R"({"id":1,"a":false})") == R"({"id":1,"a":false})");
}

TEST_CASE("nvfix and fix differ by field") {
  CHECK(difference("id=1\1a=1\1b=2\1", "id=1\1a=1\1b=3\1", "nvfix") == "id=1\1b=3\1");
  CHECK(difference("11=1\1"
                   "44=10\1",
                   "11=1\1"
                   "44=12\1",
                   "fix", "/11") ==
        "11=1\1"
        "44=12\1");
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/format/merge.h"

#include <doctest/doctest.h>

#include <string>

#include "broker/format/message_format.h"

using namespace amps::broker;

namespace {

std::string merged(std::string_view record, std::string_view delta, std::string_view type = "json") {
  const MessageFormat* const format = find_message_format(type);
  REQUIRE(format != nullptr);
  Document whole;
  Document part;
  REQUIRE(format->parse(record, &whole).ok());
  REQUIRE(format->parse(delta, &part).ok());
  merge(part, &whole);
  amps::Buffer out;
  REQUIRE(format->write(whole, &out).ok());
  return std::string(out.view());
}

}  // namespace

TEST_CASE("DLT-01: fields of a json delta replace those of the record, objects by path, new ones are added") {
  CHECK(merged(R"({"id":1,"a":1,"b":2})", R"({"id":1,"b":3})") == R"({"id":1,"a":1,"b":3})");
  CHECK(merged(R"({"id":1,"o":{"x":1,"y":2}})", R"({"id":1,"o":{"y":5}})") ==
        R"({"id":1,"o":{"x":1,"y":5}})");
  CHECK(merged(R"({"id":1,"a":1})", R"({"id":1,"n":{"z":1}})") == R"({"id":1,"a":1,"n":{"z":1}})");
  CHECK(merged(R"({"a":{"x":1}})", R"({"a":2})") == R"({"a":2})");
  CHECK(merged(R"({"a":2})", R"({"a":{"x":1}})") == R"({"a":{"x":1}})");
  CHECK(merged(R"({"p":1.50,"s":"\u00e9"})", R"({"q":1e2})") == R"({"p":1.50,"s":"\u00e9","q":1e2})");
}

TEST_CASE("DLT-07: arrays are replaced whole") {
  CHECK(merged(R"({"id":1,"l":[1,2,3]})", R"({"id":1,"l":[9]})") == R"({"id":1,"l":[9]})");
}

TEST_CASE("DLT-08: null and empty values of a delta change nothing") {
  CHECK(merged(R"({"id":1,"a":1})", R"({"id":1,"a":null})") == R"({"id":1,"a":1})");
  CHECK(merged(R"({"id":1,"a":1})", R"({"id":1,"a":"","b":{}})") == R"({"id":1,"a":1})");
}

TEST_CASE("DLT-02: fields of nvfix and fix deltas replace those of the record") {
  CHECK(merged("id=1\1a=1\1b=2\1", "id=1\1b=7\1c=8\1", "nvfix") == "id=1\1a=1\1b=7\1c=8\1");
  CHECK(merged("35=D\1"
               "55=IBM\1"
               "44=10\1",
               "55=IBM\1"
               "44=11\1",
               "fix") ==
        "35=D\1"
        "55=IBM\1"
        "44=11\1");
}

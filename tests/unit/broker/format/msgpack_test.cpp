// SPDX-License-Identifier: Apache-2.0
#include "broker/format/msgpack.h"

#include <doctest/doctest.h>

#include <string>

#include "broker/format/difference.h"
#include "broker/format/merge.h"
#include "unit/broker/expression/evaluator.h"

using namespace amps::broker;

namespace {

const MessageFormat& format() {
  return *find_message_format("msgpack");
}

std::string write(const Document& document, std::string_view type = "msgpack") {
  amps::Buffer out;
  REQUIRE(find_message_format(type)->write(document, &out).ok());
  return std::string(out.view());
}

std::string from_json(std::string_view json) {
  Document document;
  REQUIRE(find_message_format("json")->parse(json, &document).ok());
  return write(document);
}

std::string to_json(std::string_view body) {
  Document document;
  const amps::Status status = format().parse(body, &document);
  REQUIRE_MESSAGE(status.ok(), status.text());
  return write(document, "json");
}

}  // namespace

TEST_CASE("TOP-06: fields of MessagePack are those of json") {
  Evaluator evaluate("msgpack");
  evaluate.message(
      from_json(R"({"a":1,"s":"IBM","n":null,"o":{"x":[1,null,2.5]},"l":[{"p":7},{"p":8}],"t":true})"));
  CHECK(evaluate("/a") == "1");
  CHECK(evaluate("/s = 'IBM' AND /t") == "true");
  CHECK(evaluate("/n IS NULL AND /o IS NULL") == "true");
  CHECK(evaluate("ARRAY_COUNT(/o/x)") == "3");
  CHECK(evaluate("/o/x[2]") == "2.5");
  CHECK(evaluate("/l/p = 8") == "true");
  evaluate.message("\x82\xa1\x61\x01\xa1\x61\x02");
  CHECK(evaluate("/a") == "1");
  evaluate.message(
      "\x81\x23\xa3"
      "abc");
  CHECK(evaluate("/35") == "'abc'");
  evaluate.message("");
  CHECK(evaluate("/a") == "NULL");
}

TEST_CASE("every message that json can say comes back the same") {
  const std::string long_text(70'000, 'x');
  for (
      const std::string& json :
      {std::string(
           R"({"a":[-1,-33,-129,-32769,-2147483649,127,128,255,256,65536,4294967296,18446744073709551615]})"),
       std::string(R"({"n":null,"t":true,"f":false,"e":{},"l":[],"x":1.5,"s":""})"),
       "{\"s\":\"" + long_text + "\"}", std::string(R"([1,[2,[3]]])")}) {
    CHECK(
        to_json(from_json(json)) ==
        (json.find("\"s\":\"\"") != std::string::npos ? json.substr(0, json.find("\"\"}")) + "null}" : json));
  }
  std::string wide = "{\"0\":0";
  for (int i = 1; i < 70'000; ++i) wide += ",\"" + std::to_string(i) + "\":0";
  CHECK(to_json(from_json(wide + "}")) == wide + "}");
}

TEST_CASE("DLT-01: deltas of MessagePack merge, and differ, as in json") {
  Document record, delta;
  const std::string before = from_json(R"({"id":1,"a":1,"o":{"x":1,"y":2}})"),
                    change = from_json(R"({"id":1,"o":{"y":5}})");
  REQUIRE(format().parse(before, &record).ok());
  REQUIRE(format().parse(change, &delta).ok());
  merge(delta, &record);
  CHECK(write(record, "json") == R"({"id":1,"a":1,"o":{"x":1,"y":5}})");
}

TEST_CASE("binary values keep their code when a message is built again") {
  Document document;
  const std::string body("\x81\xa1\x62\xc4\x02\x00\xff", 7);
  REQUIRE(format().parse(body, &document).ok());
  CHECK(write(document) == body);
}

TEST_CASE("malformed MessagePack is told with its place; depth is bounded") {
  Document document;
  CHECK(format().parse("\x81\xa1", &document).text() == "msgpack, at offset 2: expected a name");
  CHECK(format().parse("\x81\x90\x01", &document).code() == AMPS_E_PUBLISH);
  CHECK(format().parse("\x01\x02", &document).text() == "msgpack, at offset 1: expected the end");
  CHECK(format().parse(std::string(100, '\x91') + "\x01", &document).code() == AMPS_E_PUBLISH);
  FieldPlan plan;
  FieldPath path;
  REQUIRE(FieldPath::parse("/a", &path).ok());
  plan.add(path);
  FieldValues values;
  CHECK(format()
            .extract(plan,
                     "\x82\xa1"
                     "b\xc1",
                     &values)
            .code() == AMPS_E_PUBLISH);
  CHECK(format().extract(plan, std::string(100, '\x91') + "\x01", &values).code() == AMPS_E_PUBLISH);
  CHECK(format()
            .extract(plan,
                     "\x81\xa1"
                     "a\x01\xc1",
                     &values)
            .ok());  // What follows is not looked at.
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/format/composite.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

#include "broker/format/difference.h"
#include "broker/format/merge.h"

using namespace amps::broker;

namespace {

const MessageFormat* const kJson = find_message_format("json");

std::string message(std::initializer_list<std::string> parts, const std::string& rest = {}) {
  std::string text;
  for (const std::string& part : parts) {
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(part.size() >> shift);
    text += part;
  }
  return text + rest;
}

// The fields of paths, as text: of an array all elements.
std::string fields(const MessageFormat& format, const std::string& body,
                   std::initializer_list<const char*> paths) {
  FieldPlan plan;
  for (const char* const text : paths) {
    FieldPath path;
    REQUIRE(FieldPath::parse(text, &path).ok());
    plan.add(path);
  }
  FieldValues values;
  REQUIRE(format.extract(plan, body, &values).ok());
  std::string text;
  char room[kNumberTextBytesMax];
  for (FieldPlan::Slot slot = 0; slot < plan.slot_count(); ++slot) {
    for (const Value& value : values.at(slot)) text += std::string(string_form(value, room)) + ",";
    text += ";";
  }
  return text;
}

std::string write(const MessageFormat& format, const Document& document) {
  amps::Buffer out;
  REQUIRE(format.write(document, &out).ok());
  return std::string(out.view());
}

}  // namespace

TEST_CASE("TOP-09: fields of a composite are found by part") {
  const CompositeFormat format("pair", CompositeFields::kByPart, {kJson, nullptr, kJson});
  const std::string body = message({R"({"id":1})", "raw", R"({"id":2,"x":[3,4]})"}, "what follows");
  CHECK(fields(format, body, {"/0/id", "/1/id", "/2/id", "/2/x", "/3/id", "/id"}) == "1,;;2,;3,4,;;;");
  CHECK(fields(format, message({R"({"id":1})"}), {"/0/id", "/2/id"}) == "1,;;");
  CHECK(fields(format, message({"", "", R"({"id":2})"}), {"/0/id", "/2/id"}) == ";2,;");
  CHECK(fields(format, "", {"/0/id"}) == ";");
}

TEST_CASE("TOP-10: parts are merged, a name of several parts is an array") {
  const CompositeFormat format("all", CompositeFields::kMerged, {kJson, kJson});
  const std::string body = message({R"({"id":1,"a":"x"})", R"({"id":2,"b":"y"})"});
  CHECK(fields(format, body, {"/id", "/a", "/b"}) == "1,2,;x,;y,;");
  CHECK_FALSE(format.traits().deltas);
  CHECK_FALSE(format.traits().constructed);
}

TEST_CASE("a composite that is parsed comes back the same, with what follows its parts") {
  const CompositeFormat format("pair", CompositeFields::kByPart, {kJson, nullptr});
  Document document;
  for (const std::string& body : {message({R"({"id":1,"o":{"x":[1]}})", std::string("\0\xff", 2)}, "rest"),
                                  message({"", ""}), message({"[1,2]", "b"})}) {
    REQUIRE(format.parse(body, &document).ok());
    CHECK(write(format, document) == body);
  }
}

TEST_CASE("DLT-04: an empty part has not changed, a part that is not looked into replaces") {
  const CompositeFormat format("pair", CompositeFields::kByPart, {kJson, kJson, nullptr});
  const std::string before = message({R"({"id":1,"a":1})", R"({"b":1,"c":2})", "old"}, "rest");
  Document record, delta;
  REQUIRE(format.parse(before, &record).ok());
  const std::string change = message({R"({"id":1})", R"({"c":3})", ""});
  REQUIRE(format.parse(change, &delta).ok());
  merge(delta, &record);
  const std::string after = message({R"({"id":1,"a":1})", R"({"b":1,"c":3})", "old"}, "rest");
  CHECK(write(format, record) == after);

  Document previous, current, out;
  REQUIRE(format.parse(before, &previous).ok());
  REQUIRE(format.parse(after, &current).ok());
  FieldPath key;
  REQUIRE(FieldPath::parse("/0/id", &key).ok());
  CHECK(find_difference(previous, current, {key}, &out));
  CHECK(write(format, out) == change);
}

TEST_CASE("a length that lies is malformed, and so is a malformed part") {
  const CompositeFormat format("pair", CompositeFields::kByPart, {kJson, kJson});
  Document document;
  CHECK(format.parse(std::string("\xff\xff\xff\xff{}", 6), &document).text() ==
        "pair: a part is longer than what is left of the message");
  CHECK(format.parse("ab", &document).code() == AMPS_E_PUBLISH);
  CHECK(format.parse(message({"{", "{}"}), &document).code() == AMPS_E_PUBLISH);
  FieldPlan plan;
  FieldValues values;
  CHECK(format.extract(plan, std::string("\0\0\0\x09{}", 6), &values).code() == AMPS_E_PUBLISH);
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/format/tag_value.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using namespace amps::broker;

namespace {

// `|` stands for SOH.
std::string with_soh(std::string text) {
  for (char& byte : text) byte = byte == '|' ? '\x01' : byte;
  return text;
}

struct Fixture {
  std::string round_trip(const std::string& body) {
    const std::string wire = with_soh(body);
    if (!format.parse(wire, &document).ok()) return "malformed";
    amps::Buffer out;
    REQUIRE(format.write(document, &out).ok());
    std::string text(out.view());
    for (char& byte : text) byte = byte == '\x01' ? '|' : byte;
    return text;
  }
  std::vector<Value> field(const std::string& path_text, const std::string& body) {
    FieldPath path;
    REQUIRE(FieldPath::parse(path_text, &path).ok());
    FieldPlan plan;
    const auto slot = plan.add(path);
    bytes = with_soh(body);
    REQUIRE(format.extract(plan, bytes, &values).ok());
    return {values.at(slot).begin(), values.at(slot).end()};
  }
  const MessageFormat& format = *find_message_format("nvfix");
  Document document;
  FieldValues values;
  std::string bytes;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "EXP-24: fields are found by name, repeated ones are an array") {
  const std::string body = "35=D|55=IBM|44=150.25|58=|448=AB|448=CD|a b=x=y|";
  CHECK(field("/55", body).front().text() == "IBM");
  CHECK(field("/44", body).front().as_float() == 150.25);
  CHECK(field("/58", body).empty());
  CHECK(field("/448", body).size() == 2);
  CHECK(field("[/a b]", body).front().text() == "x=y");
  CHECK(field("/55/x", body).empty());
}

TEST_CASE_FIXTURE(Fixture, "messages are written as they were, repeated fields together") {
  CHECK(round_trip("35=D|44=150.250|58=|") == "35=D|44=150.250|58=|");
  CHECK(round_trip("a=1|b=2|a=3|") == "a=1|a=3|b=2|");
  CHECK(round_trip("||a=1||b=2") == "a=1|b=2|");
  CHECK(round_trip("") == "");
}

TEST_CASE_FIXTURE(Fixture, "what is no field is refused") {
  for (const char* body : {"a", "a=1|b", "=1", "a=1|=|"}) CHECK(round_trip(body) == "malformed");
}

TEST_CASE_FIXTURE(Fixture, "A-17: values without a form, and shapes without one") {
  amps::Buffer out;
  document.append(document.root(), "n", Value::floating(std::numeric_limits<double>::quiet_NaN()));
  document.append(document.root(), "b", Value::boolean(true));
  document.append(document.root(), "z", Value());
  REQUIRE(format.write(document, &out).ok());
  CHECK(out.view() == with_soh("n=0|b=true|z=|"));
  document.append(document.root(), "o", NodeKind::kObject);
  CHECK(format.write(document, &out).ok());
  FieldPath path;
  REQUIRE(FieldPath::parse("/o/x", &path).ok());
  document.set(path, Value::integer(1));
  CHECK_FALSE(format.write(document, &out).ok());
  document.clear();
  document.append(document.root(), "s", Value::string("a\x01z"));
  CHECK_FALSE(format.write(document, &out).ok());
}

TEST_CASE("separators are a matter of configuration") {
  const TagValueFormat piped("mine", {'|', 2, 3});
  FieldPath path;
  REQUIRE(FieldPath::parse("/b", &path).ok());
  FieldPlan plan;
  const auto slot = plan.add(path);
  FieldValues values;
  REQUIRE(piped
              .extract(plan,
                       "a=1\x02"
                       "b=2|c=3\x03",
                       &values)
              .ok());
  CHECK(values.at(slot).scalar().as_integer() == 2);
  CHECK(piped.name() == "mine");
}

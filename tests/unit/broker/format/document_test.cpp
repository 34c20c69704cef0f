// SPDX-License-Identifier: Apache-2.0
#include "broker/format/document.h"

#include <doctest/doctest.h>

#include <string>

#include "base/buffer.h"
#include "broker/format/message_format.h"

using namespace amps::broker;

namespace {

FieldPath path(std::string_view text) {
  FieldPath parsed;
  REQUIRE(FieldPath::parse(text, &parsed).ok());
  return parsed;
}

struct Fixture {
  void parse(std::string_view body) { REQUIRE(json.parse(body, &document).ok()); }
  std::string text() {
    amps::Buffer out;
    REQUIRE(json.write(document, &out).ok());
    return std::string(out.view());
  }
  const MessageFormat& json = *find_message_format("json");
  Document document;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "set makes what is missing and replaces what stands in the way") {
  parse(R"({"a":1,"b":{"c":[1,2]}})");
  document.set(path("/x/y/z"), Value::integer(5));
  document.set(path("/a"), Value::string("text"));
  document.set(path("/b/c/d"), Value::boolean(true));
  CHECK(text() == R"({"a":"text","b":{"c":{"d":true}},"x":{"y":{"z":5}}})");
}

TEST_CASE_FIXTURE(Fixture, "set keeps a text that is gone afterwards") {
  parse("{}");
  {
    std::string text = "short lived";
    document.set(path("/a"), Value::string(text));
    text.assign(text.size(), '#');
  }
  CHECK(text() == R"({"a":"short lived"})");
}

TEST_CASE_FIXTURE(Fixture, "fields are found by path, elements by subscript") {
  parse(R"({"a":{"b":[10,20]},"s":7})");
  CHECK(document.find(path("/a/b[1]"))->value.as_integer() == 20);
  CHECK(document.find(path("/a/b[2]")) == nullptr);
  CHECK(document.find(path("/s[0]"))->value.as_integer() == 7);
  CHECK(document.find(path("/s/t")) == nullptr);
}

TEST_CASE_FIXTURE(Fixture,
                  "children of large objects are found, added and removed like those of small ones") {
  std::string body = "{";
  for (int i = 0; i < 100; ++i) body += (i ? ",\"f" : "\"f") + std::to_string(i) + "\":" + std::to_string(i);
  body += "}";
  parse(body);
  for (int i = 0; i < 100; i += 2) document.remove(path("/f" + std::to_string(i)));
  document.set(path("/f1"), Value::integer(-1));
  document.set(path("/f0"), Value::integer(-2));
  for (int i = 0; i < 100; ++i) {
    const DocumentNode* node = document.find(path("/f" + std::to_string(i)));
    CHECK((node != nullptr) == (i % 2 == 1 || i == 0));
    if (node != nullptr) CHECK(node->value.as_integer() == (i == 1 ? -1 : i == 0 ? -2 : i));
  }
  CHECK(document.root().child_count == 51);
}

TEST_CASE_FIXTURE(Fixture, "a copy holds all that is below its source") {
  const std::string body = R"({"a":[1,[2,{"b":3},[]],{}],"c":{"d":{"e":"x"}},"f":null})";
  parse(body);
  Document copy;
  copy.assign_copy(copy.root(), document.root());
  copy.append_copy(copy.root(), "again", *document.find(path("/c")));
  amps::Buffer out;
  REQUIRE(json.write(copy, &out).ok());
  CHECK(out.view() == body.substr(0, body.size() - 1) + R"(,"again":{"d":{"e":"x"}}})");
}

TEST_CASE_FIXTURE(Fixture, "a cleared document is as good as new") {
  parse(R"({"a":1})");
  document.clear();
  CHECK(text() == "{}");
}

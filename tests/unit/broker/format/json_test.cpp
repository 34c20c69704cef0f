// SPDX-License-Identifier: Apache-2.0
#include "broker/format/json.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace amps::broker;

namespace {

struct Fixture {
  bool parses(std::string_view body) { return format.parse(body, &document).ok(); }
  std::string written() {
    amps::Buffer out;
    REQUIRE(format.write(document, &out).ok());
    return std::string(out.view());
  }
  std::string round_trip(std::string_view body) { return parses(body) ? written() : "malformed"; }
  const JsonFormat format;
  Document document;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "values are written in the text they came in") {
  const std::string body =
      R"({"a":1.50,"b":-0,"c":1e5,"d":"\u00e9\/","e":[null,true,false,[],{}],"f":{"g":"x"}})";
  CHECK(round_trip(body) == body);
  CHECK(round_trip(" [ 1 , { \"a\" : 2 } ] ") == R"([1,{"a":2}])");
  CHECK(round_trip("7") == "7");
  CHECK(round_trip("") == "{}");
}

TEST_CASE_FIXTURE(Fixture, "of equal names the first counts") {
  CHECK(round_trip(R"({"a":1,"b":2,"a":{"x":3}})") == R"({"a":1,"b":2})");
  std::string body = "{";
  for (int i = 0; i < 40; ++i) body += "\"f" + std::to_string(i % 20) + "\":" + std::to_string(i) + ",";
  body += "\"z\":0}";
  REQUIRE(parses(body));
  CHECK(document.root().child_count == 21);
  CHECK(document.find(document.root(), "f3")->value.as_integer() == 3);
}

TEST_CASE_FIXTURE(Fixture, "everything is looked at") {
  const std::string body = R"({"a":[1,{"b":"c\\"}],"d":true})";
  REQUIRE(parses(body));
  for (std::size_t size = 1; size < body.size(); ++size) CHECK_FALSE(parses(body.substr(0, size)));
  for (const char* bad : {"{}x", "{,}", "[1,]", R"({"a":1,})", "[01]", "[+1]", "[.5]", "nul", "[tru]",
                          R"(["\q"])", "{'a':1}"}) {
    CAPTURE(bad);
    CHECK_FALSE(parses(bad));
  }
  CHECK(parses(std::string(64, '[') + std::string(64, ']')));
  CHECK_FALSE(parses(std::string(65, '[') + std::string(65, ']')));
}

TEST_CASE_FIXTURE(Fixture, "A-17: what json cannot say is written as near as it can") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  DocumentNode& root = document.root();
  document.append(root, "nan", Value::floating(nan));
  document.append(root, "null", Value());
  document.append(root, "loose", infer_value("+.5"));
  document.append(root, "zeros", infer_value("007"));
  document.append(root, "float", Value::floating(3));
  document.append(root, "text", Value::string("a\"b"));
  CHECK(written() == R"({"nan":0,"null":null,"loose":0.5,"zeros":7,"float":3.0,"text":"a\"b"})");
}

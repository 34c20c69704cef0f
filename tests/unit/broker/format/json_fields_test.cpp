// SPDX-License-Identifier: Apache-2.0
#include "broker/format/json_fields.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "broker/format/message_format.h"

using namespace amps::broker;

namespace {

class Fields {
 public:
  explicit Fields(const std::vector<std::string>& paths) {
    for (const std::string& text : paths) {
      FieldPath path;
      REQUIRE(FieldPath::parse(text, &path).ok());
      slots_.push_back(plan_.add(path));
    }
  }
  bool read(std::string_view body) { return format_.extract(plan_, body, &values_).ok(); }
  // String forms joined with commas; NULL elements are `-`.
  std::string operator[](std::size_t index) const {
    std::string joined;
    for (const Value& value : values_.at(slots_[index])) {
      if (&value != values_.at(slots_[index]).begin()) joined += ',';
      char room[kNumberTextBytesMax];
      joined += value.is_null() ? "-" : std::string(string_form(value, room));
    }
    return joined;
  }

 private:
  const MessageFormat& format_ = *find_message_format("json");
  FieldPlan plan_;
  FieldValues values_;
  std::vector<FieldPlan::Slot> slots_;
};

}  // namespace

TEST_CASE("EXP-01: fields are found at any depth, containers have no value") {
  Fields fields({"/id", "/cust/addr/city", "/cust", "/missing", "/cust/addr/nope"});
  REQUIRE(fields.read(
      R"( { "x" : [ { "id" : 9 } ], "cust" : { "a" : "}", "addr" : { "city" : "Boston" } } , "id" : 1 } )"));
  CHECK(fields[0] == "1");
  CHECK(fields[1] == "Boston");
  CHECK(fields[2] == "");
  CHECK(fields[3] == "");
  CHECK(fields[4] == "");
}

TEST_CASE("EXP-24: arrays are flattened in document order") {
  Fields fields({"/legs/px", "/v", "/mixed", "/none", "/nest"});
  REQUIRE(fields.read(
      R"({"legs":[{"px":1,"q":0},{"q":1},{"px":[2,3]},{"px":null}],"v":[4],"mixed":[1,null,{"a":1},"",3],
                          "none":[],"nest":[[1,[2]],[],[[3]]]})"));
  CHECK(fields[0] == "1,2,3,-");
  CHECK(fields[1] == "4");
  CHECK(fields[2] == "1,-,-,3");
  CHECK(fields[3] == "");
  CHECK(fields[4] == "1,2,3");
}

TEST_CASE("of equal names in one object the first counts") {
  Fields fields({"/a", "/o/x", "/z"});
  REQUIRE(fields.read(R"({"a":1,"a":2,"o":{"x":1,"x":2},"o":{"x":3}})"));
  CHECK(fields[0] == "1");
  CHECK(fields[1] == "1");
}

TEST_CASE("escaped names and values are what they mean") {
  Fields fields({"/ab", "/s"});
  REQUIRE(fields.read(R"({"s":"line\nnext \u00e9","\u0061b":"x"})"));
  CHECK(fields[0] == "x");
  CHECK(fields[1] == "line\nnext \xC3\xA9");
}

TEST_CASE("PRF-01: what comes after the last field wanted is not looked at") {
  Fields fields({"/a", "/b/c"});
  CHECK(fields.read(R"({"b":{"c":2,"d":1},"a":1, this is not json)"));
  CHECK(fields[0] == "1");
  CHECK(fields[1] == "2");
}

TEST_CASE("malformed text is refused wherever it is cut") {
  Fields fields({"/zz", "/b/c/d", "/s", "/l"});
  const std::string body = R"({"a":1,"b":{"c":{"d":[1,true]}},"s":"x\n","l":[{"x":1}],"e":{}})";
  REQUIRE(fields.read(body));
  for (std::size_t size = 1; size < body.size(); ++size) {
    CAPTURE(body.substr(0, size));
    CHECK_FALSE(fields.read(body.substr(0, size)));
  }
  for (const char* bad : {"{a:1}", R"({"a" 1})", R"({"a":1 "b":2})", R"({"s":tru})", R"({"s":"\x"})",
                          R"({"l":[1 2]})", R"({"s":})"}) {
    CAPTURE(bad);
    CHECK_FALSE(fields.read(bad));
  }
  CHECK(fields.read(""));
  CHECK(fields.read("  "));
}

TEST_CASE("arrays in arrays are followed down to the bound, then refused") {
  Fields fields({"/a"});
  const std::string deep = "{\"a\":" + std::string(60, '[') + "7" + std::string(60, ']') + "}";
  CHECK(fields.read(deep));
  CHECK(fields[0] == "7");
  CHECK_FALSE(fields.read("{\"a\":" + std::string(100'000, '[')));
  // Nobody looks into it, so it may be as deep as it likes.
  CHECK(fields.read("{\"b\":" + std::string(100'000, '[') + std::string(100'000, ']') + ",\"a\":1}"));
}

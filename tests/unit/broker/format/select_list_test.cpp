// SPDX-License-Identifier: Apache-2.0
#include "broker/format/select_list.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::string selected(std::string_view list, std::string_view body, std::string_view type = "json") {
  SelectList select;
  REQUIRE(SelectList::parse(list, find_message_format(type), &select).ok());
  Document scratch;
  amps::Buffer out;
  select.select(body, &scratch, &out);
  return std::string(out.view());
}

constexpr std::string_view kSample = R"({"a":1,"b":{"c":2,"d":3},"e":4})";

}  // namespace

TEST_CASE("SUB-10: the nearest directive decides, what none names is kept") {
  CHECK(selected("[-/,+/a]", kSample) == R"({"a":1})");
  CHECK(selected("[-/,+/b/d]", kSample) == R"({"b":{"d":3}})");
  CHECK(selected("[-/b]", kSample) == R"({"a":1,"e":4})");
  CHECK(selected("[-/b,+/b/c]", kSample) == R"({"a":1,"b":{"c":2},"e":4})");
  CHECK(selected("[+/,-/e]", kSample) == R"({"a":1,"b":{"c":2,"d":3}})");
  CHECK(selected("[-/,+/zz]", kSample) == "{}");
  CHECK(selected("[-/,+/b]", kSample) == R"({"b":{"c":2,"d":3}})");
  CHECK(selected("+/x", kSample) == kSample);
}

TEST_CASE("SUB-10: of equal directives the first decides, whatever their order otherwise") {
  CHECK(selected("[-/a,+/a]", kSample) == R"({"b":{"c":2,"d":3},"e":4})");
  CHECK(selected("[+/b/c,-/b,-/]", kSample) == R"({"b":{"c":2}})");
  CHECK(selected("[ - /b , +/ ]", kSample) == R"({"a":1,"e":4})");
}

TEST_CASE("SUB-10: containers that become empty go, those that were empty are fields like others") {
  CHECK(selected("[-/b/c,-/b/d]", kSample) == R"({"a":1,"e":4})");
  CHECK(selected("[-/a]", R"({"a":1,"o":{},"l":[]})") == R"({"o":{},"l":[]})");
  CHECK(selected("[-/,+/o/x]", R"({"o":{},"p":1})") == "{}");
}

TEST_CASE("SUB-10: paths go through arrays") {
  const std::string_view legs = R"({"legs":[{"q":1,"r":2},{"r":3},7]})";
  CHECK(selected("[-/legs/r]", legs) == R"({"legs":[{"q":1},7]})");
  CHECK(selected("[-/,+/legs/r]", legs) == R"({"legs":[{"r":2},{"r":3}]})");
  CHECK(selected("[-/,+/legs/x]", legs) == "{}");
}

TEST_CASE("SUB-10: the other formats that have fields") {
  CHECK(selected("[-/,+/b]", "a=1\1b=2\1", "nvfix") == "b=2\1");
  CHECK(selected("[-/55]", "35=D\00155=IBM\001", "fix") == "35=D\001");
  CHECK(selected("[-/,+/o/id]", "<o><id>1</id><x>2</x></o>", "xml") == "<o><id>1</id></o>");
}

TEST_CASE("SUB-10: names with spaces and commas stand in brackets") {
  CHECK(selected("[-/,+[/Full Name]]", R"({"Full Name":"x","y":1})") == R"({"Full Name":"x"})");
}

TEST_CASE("a body that cannot be read has nothing that was selected") {
  CHECK(selected("[-/a]", "{\"a\":1") == "");
  CHECK(selected("[-/a]", "") == "");
  CHECK(selected("[-/]", "7") == "{}");
}

TEST_CASE("DLT-17: what is selected besides keys is found") {
  const auto some = [](std::string_view list, std::string_view body) {
    SelectList select;
    REQUIRE(SelectList::parse(list, find_message_format("json"), &select).ok());
    std::vector<FieldPath> keys(2);
    REQUIRE(FieldPath::parse("/id", &keys[0]).ok());
    REQUIRE(FieldPath::parse("/o/k", &keys[1]).ok());
    Document scratch;
    amps::Buffer out;
    return select.select(body, keys, &scratch, &out);
  };
  CHECK(some("+/", R"({"id":1,"o":{"k":2},"a":3})"));
  CHECK_FALSE(some("-/a", R"({"id":1,"o":{"k":2},"a":3})"));
  CHECK(some("-/a", R"({"id":1,"o":{"k":2,"x":1}})"));
  CHECK_FALSE(some("-/", R"({"id":1})"));
}

TEST_CASE("what is no list of directives is refused, and so are types without fields") {
  for (const char* list : {"[]", "[/a]", "[+/a,,+/b]", "[+a]", "[+/a[1]]", "[+/a b]", "[*/a]"}) {
    CAPTURE(list);
    SelectList select;
    CHECK(SelectList::parse(list, find_message_format("json"), &select).code() == AMPS_E_FILTER);
  }
  SelectList select;
  CHECK(SelectList::parse("[-/a]", nullptr, &select).code() == AMPS_E_INVALID_OPTIONS);
}

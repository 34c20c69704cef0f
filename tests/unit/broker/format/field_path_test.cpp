// SPDX-License-Identifier: Apache-2.0
#include "broker/format/field_path.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

FieldPath path(std::string_view text) {
  FieldPath parsed;
  const amps::Status status = FieldPath::parse(text, &parsed);
  CHECK_MESSAGE(status.ok(), status.text());
  return parsed;
}

std::string error_of(std::string_view text) {
  FieldPath parsed;
  return FieldPath::parse(text, &parsed).text();
}

}  // namespace

TEST_CASE("EXP-01: a path is cut into steps") {
  CHECK(path("/a").steps() == std::vector<std::string>{"a"});
  CHECK(path("/cust/addr/city").steps() == std::vector<std::string>{"cust", "addr", "city"});
  CHECK(path("/Trade/@ref").steps().back() == "@ref");
  CHECK(path("/x-y_z.1:n").steps().front() == "x-y_z.1:n");
  CHECK(path("/stra\xC3\x9F"
             "e")
            .steps()
            .front() ==
        "stra\xC3\x9F"
        "e");
}

TEST_CASE("EXP-25, EXP-31: subscripts and brackets") {
  CHECK(path("/a/b[12]").subscript() == 12u);
  CHECK(path("[/Full Name]").steps().front() == "Full Name");
  CHECK(path("[/a b/c d][0]").steps().size() == 2);
  CHECK(path("[/a b/c d][0]").subscript() == 0u);
}

TEST_CASE("a path is written as it is read") {
  for (const char* text : {"/a", "/a/@b/c", "/a[3]", "[/Full Name]", "[/a b/c][7]"})
    CHECK(path(text).text() == text);
}

TEST_CASE("malformed paths are refused with the place") {
  CHECK(error_of("a").find("offset 0") != std::string::npos);
  CHECK(error_of("/").find("a name after `/`") != std::string::npos);
  for (const char* text : {"", "/a/", "//a", "/a//b", "/a[", "/a[]", "/a[x]", "/a[1", "/a[0]/b", "[/a",
                           "[//]", "[/]", "/a[99999999999]", "/a b"}) {
    CAPTURE(text);
    CHECK(!error_of(text).empty());
  }
  CHECK(!error_of("/" + std::string(5'000, 'a')).empty());
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/a";
  CHECK(!error_of(deep).empty());
}

TEST_CASE("a path begins itself and what is below it") {
  CHECK(path("/a").is_prefix_of(path("/a/b")));
  CHECK(path("/a").is_prefix_of(path("/a")));
  CHECK_FALSE(path("/a").is_prefix_of(path("/ab")));
  CHECK_FALSE(path("/a/b").is_prefix_of(path("/a")));
  CHECK(FieldPath().is_prefix_of(path("/a")));
}

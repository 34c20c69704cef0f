// SPDX-License-Identifier: Apache-2.0
#include "broker/opening.h"

#include <doctest/doctest.h>

#include <string_view>

using namespace amps::broker;
using namespace std::string_view_literals;

TEST_CASE("the first bytes say what the peer speaks") {
  CHECK(classify_opening("") == Opening::kUnknown);
  CHECK(classify_opening("\0"sv) == Opening::kFrames);
  CHECK(classify_opening("\x10"sv) == Opening::kFrames);
  CHECK(classify_opening("\x11"sv) == Opening::kForeign);
  CHECK(classify_opening("\x78"sv) == Opening::kUnknown);
  for (const std::string_view zlib : {"\x78\x01"sv, "\x78\x5e"sv, "\x78\x9c"sv, "\x78\xda"sv}) {
    CHECK(classify_opening(zlib) == Opening::kZlib);
  }
  CHECK(classify_opening("\x78\x00"sv) == Opening::kForeign);
  for (const std::string_view start : {"G"sv, "GE"sv, "GET"sv})
    CHECK(classify_opening(start) == Opening::kUnknown);
  CHECK(classify_opening("GET /"sv) == Opening::kHttp);
  CHECK(classify_opening("GOT"sv) == Opening::kForeign);
  CHECK(classify_opening("POST / HTTP/1.1"sv) == Opening::kForeign);
  CHECK(classify_opening("{\"c\""sv) == Opening::kForeign);
}

TEST_CASE("foreign openings are named for the log") {
  CHECK(foreign_opening_text("\x16\x03\x01"sv).find("TLS") != std::string_view::npos);
  CHECK(foreign_opening_text("POST "sv).find("text protocol") != std::string_view::npos);
  CHECK(foreign_opening_text("\xff\xff\xff\xff"sv).find("exceeds every limit") != std::string_view::npos);
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_values.h"

#include <doctest/doctest.h>

#include <cstdint>

using namespace amps::broker;

namespace {
constexpr NumberRange kBytes{NumberUnit::kBytes, 1, INT64_MAX};
constexpr NumberRange kMs{NumberUnit::kMilliseconds, 1, 86'400'000};
constexpr NumberRange kUs{NumberUnit::kMicroseconds, 1, INT64_MAX};
constexpr NumberRange kCount{NumberUnit::kCount, 0, 5'000'000};
constexpr NumberRange kBoolean{NumberUnit::kBoolean, 0, 1};
}  // namespace

TEST_CASE("CFG-02: units of time, size and count") {
  CHECK(parse_number(kMs, "5s") == 5000);
  CHECK(parse_number(kMs, "5") == 5000);
  CHECK(parse_number(kMs, "1D") == 86'400'000);
  CHECK(parse_number(kMs, "250ms") == 250);
  CHECK(parse_number(kUs, "250us") == 250);
  CHECK(parse_number(kBytes, "10MB") == 10u << 20);
  CHECK(parse_number(kBytes, "2kb") == 2048);
  CHECK(parse_number(kBytes, "77") == 77);
  CHECK(parse_number(kCount, "3k") == 3000);
  CHECK(parse_number(kCount, "2M") == 2'000'000);
}

TEST_CASE("CFG-02: a share is one of the whole") {
  CHECK(parse_number(kBytes, "25%", 1000) == 250);
  CHECK_FALSE(parse_number(kBytes, "101%", 1000));
  CHECK_FALSE(parse_number(kBytes, "%", 1000));
}

TEST_CASE("CFG-02: booleans have four spellings") {
  for (const char* yes : {"true", "enabled", "1", "TRUE"}) CHECK(parse_number(kBoolean, yes) == 1);
  for (const char* no : {"false", "disabled", "0", "No"}) CHECK(parse_number(kBoolean, no) == 0);
  CHECK_FALSE(parse_number(kBoolean, "perhaps"));
}

TEST_CASE("CFG-02: what overflows, lacks its number or is out of range is no value") {
  for (const char* text : {"", "0", "-1", "s", "x5", "2d", "99999999999999999999s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(kMs, text));
  }
  CHECK_FALSE(parse_number(kBytes, "99999999999GB"));
  CHECK_FALSE(parse_number(kCount, "6M"));
}

TEST_CASE("intervals finer than the unit are rounded up, never down to nothing") {
  CHECK(parse_number(kMs, "1us") == 1);
  CHECK(parse_number(kMs, "1001us") == 2);
}

TEST_CASE("what is written is read as the same value") {
  CHECK(parse_number(kMs, format_number(NumberUnit::kMilliseconds, 86'399'999)) == 86'399'999);
  CHECK(parse_number(kUs, format_number(NumberUnit::kMicroseconds, 1)) == 1);
  CHECK(parse_number(kBytes, format_number(NumberUnit::kBytes, 12345)) == 12345);
  CHECK(parse_number(kBoolean, format_number(NumberUnit::kBoolean, 1)) == 1);
}

TEST_CASE("the text of a range names its unit and the limits that can be reached") {
  CHECK(expected_text(kMs) == "an interval from 1ms to 86400000ms");
  CHECK(expected_text(kBytes) == "a size in bytes from 1");
  CHECK(expected_text(kBoolean) == "true or false");
}

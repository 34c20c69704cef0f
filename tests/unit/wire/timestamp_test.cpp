// SPDX-License-Identifier: Apache-2.0
#include "wire/timestamp.h"

#include <doctest/doctest.h>

#include <string>

using amps::wire::kTimestampBytes;
using amps::wire::parse_timestamp_us;

namespace {

std::string text_of(std::uint64_t utc_us) {
  std::string text(kTimestampBytes, '?');
  amps::wire::format_timestamp(text.data(), utc_us);
  return text;
}

}  // namespace

TEST_CASE("known moments have their texts") {
  CHECK(text_of(0) == "19700101T000000.000000Z");
  CHECK(text_of(951'782'400'000'000) == "20000229T000000.000000Z");
  CHECK(text_of(1'234'567'890'123'456) == "20090213T233130.123456Z");
  CHECK(text_of(4'107'542'399'999'999) == "21000228T235959.999999Z");
  CHECK(text_of(4'107'542'400'000'000) == "21000301T000000.000000Z");
  CHECK(text_of(~0ull) == "99991231T235959.999999Z");
}

TEST_CASE("every day of 130 years is read as it was written") {
  constexpr std::uint64_t kDayUs = 86'400'000'000;
  for (std::uint64_t day = 0; day < 130 * 366; ++day) {
    const std::uint64_t utc_us = day * kDayUs + day * 1'000'003 % kDayUs;
    REQUIRE(parse_timestamp_us(text_of(utc_us)) == utc_us);
  }
}

TEST_CASE("fraction and zone may be missing, digits beyond the microsecond are cut") {
  CHECK(parse_timestamp_us("20090213T233130") == 1'234'567'890'000'000);
  CHECK(parse_timestamp_us("20090213T233130Z") == 1'234'567'890'000'000);
  CHECK(parse_timestamp_us("20090213T233130.5") == 1'234'567'890'500'000);
  CHECK(parse_timestamp_us("20090213T233130.123456789Z") == 1'234'567'890'123'456);
  CHECK(parse_timestamp_us("19690101T000000") == 0);
}

TEST_CASE("impossible dates and other forms are nothing") {
  for (const char* text : {"",
                           "0",
                           "20090213",
                           "20090213T",
                           "20090213T2331",
                           "20090213 233130",
                           "20090213T233130.",
                           "20090213T233130.Z",
                           "20090213T233130.1234567890",
                           "20090213T233130z",
                           "20090213T233130Zx",
                           "20090229T000000",
                           "21000229T000000",
                           "20091301T000000",
                           "20090001T000000",
                           "20090100T000000",
                           "20090132T000000",
                           "20090101T240000",
                           "20090101T006000",
                           "20090101T000060",
                           "2009-02-13T23:31:30",
                           "-0090213T233130",
                           "00000101T000000"}) {
    CHECK_MESSAGE(!parse_timestamp_us(text), text);
  }
}

TEST_CASE("times one after the other are written as each alone") {
  amps::wire::TimestampText text;
  for (const std::uint64_t utc_us :
       {0ull, 1'738'333'501'123'456ull, 1'738'333'501'000'007ull, 1'738'333'502'000'000ull,
        253'402'300'799'999'998ull, 253'402'300'800'000'000ull, 253'402'300'800'000'001ull,
        18'446'744'073'709'551'615ull}) {
    char alone[kTimestampBytes];
    amps::wire::format_timestamp(alone, utc_us);
    CHECK(text.of(utc_us) == std::string_view(alone, sizeof alone));
  }
}

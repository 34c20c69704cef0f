// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using amps::DecimalText;
using amps::parse_decimal;

TEST_CASE("numbers of every length survive both ways") {
  std::uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits) {
    for (const std::uint64_t value : {power - 1, power, power + 1, power * 9}) {
      CHECK(DecimalText(value).view() == std::to_string(value));
      CHECK(parse_decimal(std::to_string(value)) == value);
    }
    power *= 10;
  }
  CHECK(DecimalText(~std::uint64_t{0}).view() == "18446744073709551615");
}

TEST_CASE("the largest number is read and the next is not") {
  CHECK(parse_decimal("18446744073709551615") == ~std::uint64_t{0});
  for (const char* text : {"18446744073709551616", "18446744073709551620", "20000000000000000000",
                           "99999999999999999999", "100000000000000000000"}) {
    CHECK_MESSAGE(!parse_decimal(text), text);
  }
}

TEST_CASE("leading zeros count as digits, up to twenty") {
  CHECK(parse_decimal("00000000000000000017") == 17);
  CHECK(!parse_decimal("000000000000000000017"));
}

TEST_CASE("anything but digits is nothing") {
  for (const char* text :
       {"", " ", " 1", "1 ", "+1", "-1", "1.0", "1e3", "0x1", "1,000", "\xd9\xa1", "/", ":"}) {
    CHECK_MESSAGE(!parse_decimal(text), text);
  }
}

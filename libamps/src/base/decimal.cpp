// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"

#include <cstring>
#include <limits>

namespace amps {
namespace {

struct DigitPairs {
  char text[200];
  constexpr DigitPairs() : text() {
    for (int i = 0; i < 100; ++i) {
      text[2 * i] = static_cast<char>('0' + i / 10);
      text[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
  }
};
constexpr DigitPairs kDigitPairs;

std::size_t count_digits(std::uint64_t value) noexcept {
  std::size_t count = 1;
  for (;;) {
    if (value < 10) return count;
    if (value < 100) return count + 1;
    if (value < 1'000) return count + 2;
    if (value < 10'000) return count + 3;
    value /= 10'000;
    count += 4;
  }
}

}  // namespace

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
  if (text.empty() || text.size() > kDecimalBytesMax) return std::nullopt;
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return std::nullopt;
    // Only the twentieth digit can overflow.
    if (value > kMax / 10 || (value == kMax / 10 && digit > kMax % 10)) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::size_t format_decimal(char* to, std::uint64_t value) noexcept {
  const std::size_t count = count_digits(value);
  char* at = to + count;
  while (value >= 100) {
    at -= 2;
    std::memcpy(at, &kDigitPairs.text[2 * (value % 100)], 2);
    value /= 100;
  }
  if (value >= 10) {
    std::memcpy(at - 2, &kDigitPairs.text[2 * value], 2);
  } else {
    at[-1] = static_cast<char>('0' + value);
  }
  return count;
}

}  // namespace amps

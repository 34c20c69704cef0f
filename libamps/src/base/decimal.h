// SPDX-License-Identifier: Apache-2.0
// Unsigned decimal numbers, without locale, sign, space or allocation.
// Threads: functions of their arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace amps {

constexpr std::size_t kDecimalBytesMax = 20;  // Digits of 2^64 - 1.

// One to twenty digits and nothing else; nothing above 2^64 - 1. Leading zeros are allowed.
std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;

// Writes the digits at `to`, which has room for kDecimalBytesMax, and returns how many there are.
std::size_t format_decimal(char* to, std::uint64_t value) noexcept;

// The digits as a view into itself.
class DecimalText {
 public:
  explicit DecimalText(std::uint64_t value) noexcept : size_(format_decimal(digits_, value)) {}
  std::string_view view() const noexcept { return {digits_, size_}; }

 private:
  char digits_[kDecimalBytesMax];
  std::size_t size_;
};

}  // namespace amps

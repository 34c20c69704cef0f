// SPDX-License-Identifier: Apache-2.0
// How numbers are written in a configuration: units, ranges, shares (broker 13.1).
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amps::broker {

enum class NumberUnit { kCount, kBytes, kMicroseconds, kMilliseconds, kBoolean };

struct NumberRange {
  NumberUnit unit;
  std::uint64_t min;
  std::uint64_t max;
};

// Nothing when the text is no value of the unit or out of range. "50%" of `whole` for bytes.
// Intervals finer than the unit are rounded up.
std::optional<std::uint64_t> parse_number(const NumberRange& range, std::string_view text,
                                          std::uint64_t whole = 0) noexcept;
// Text that parse_number() reads as the same value.
std::string format_number(NumberUnit unit, std::uint64_t value);
// "a size in bytes from 1 to 4294967295".
std::string expected_text(const NumberRange& range);

}  // namespace amps::broker

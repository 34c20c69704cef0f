// SPDX-License-Identifier: Apache-2.0
// Timestamps as they stand in headers and bookmarks: YYYYMMDDTHHMMSS.ffffffZ, always UTC
// (protocol 2.2, 6.1). The proleptic Gregorian calendar; no leap seconds.
// Threads: functions of their arguments; a TimestampText is used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace amps::wire {

constexpr std::size_t kTimestampBytes = 23;

// Microseconds since 1970; times before are 0. The fraction of one to nine digits and the `Z` may be
// missing; digits beyond the microsecond are cut. Nothing for impossible dates and other forms.
std::optional<std::uint64_t> parse_timestamp_us(std::string_view text) noexcept;
// Writes kTimestampBytes at `to`. Times after the year 9999 become its end.
void format_timestamp(char* to, std::uint64_t utc_us) noexcept;

// For many times one after the other: the date is worked out once a second.
class TimestampText {
 public:
  // The view dies at the next call.
  std::string_view of(std::uint64_t utc_us) noexcept;

 private:
  std::uint64_t second_ = UINT64_MAX;
  char text_[kTimestampBytes];
};

}  // namespace amps::wire

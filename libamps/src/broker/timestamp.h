// SPDX-License-Identifier: Apache-2.0
// Time as messages carry it: 20250131T142501.123456Z (broker 0).
// Threads: one at a time uses an object.
#pragma once

#include <cstdint>
#include <string_view>

namespace amps::broker {

class TimestampText {
 public:
  // The view dies at the next call. Dates are worked out once a second.
  std::string_view of(std::uint64_t utc_us) noexcept;

 private:
  std::uint64_t second_ = UINT64_MAX;
  char text_[24];
};

}  // namespace amps::broker

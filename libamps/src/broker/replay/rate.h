// SPDX-License-Identifier: Apache-2.0
// How fast a replay may go (broker 10.8): so many messages or bytes a second, or a multiple of the speed at
// which the messages once came. A limit, not a promise: time that was lost is not made up for.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/status.h"

namespace amps::broker {

class Rate {
 public:
  // `rate` is that of the option: 1000, 500KB, 2X or .5x. Fails with AMPS_E_INVALID_OPTIONS.
  static Status parse(std::string_view rate, std::optional<std::string_view> max_gap, Rate* out);

  bool is_limited() const noexcept { return unit_ != Unit::kNone; }
  // Steady time at which the next message may go, which is of the given time; not after `now_us`: at once.
  std::uint64_t due_us(std::uint64_t timestamp_us, std::uint64_t now_us) const noexcept;
  void sent(std::size_t bytes, std::uint64_t timestamp_us, std::uint64_t now_us) noexcept;
  // There was nothing to send, or nothing was to be sent: what comes next waits for no time that has passed.
  void rest() noexcept { is_based_ = false; }

  // The same limit; how much of it is used up does not matter.
  friend bool operator==(const Rate& left, const Rate& right) noexcept {
    return left.unit_ == right.unit_ && left.amount_ == right.amount_ &&
           left.gap_max_us_ == right.gap_max_us_;
  }

 private:
  enum class Unit { kNone, kMessages, kBytes, kSpeed };

  Unit unit_ = Unit::kNone;
  double amount_ = 0;  // A second, or the multiple.
  std::uint64_t gap_max_us_ = UINT64_MAX;
  // kMessages and kBytes.
  double next_us_ = 0;
  // kSpeed: the message of this time was sent at this steady time.
  bool is_based_ = false;
  std::uint64_t base_timestamp_us_ = 0;
  std::uint64_t base_us_ = 0;
  std::uint64_t sent_us_ = 0;
};

}  // namespace amps::broker

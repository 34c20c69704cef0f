// SPDX-License-Identifier: Apache-2.0
// Time as a parameter: cores take a Clock, tests give them a ManualClock.
// Threads: any; clocks are safe to share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace amps {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::uint64_t steady_ms() const noexcept = 0;  // Never goes backwards.
  virtual std::uint64_t utc_us() const noexcept = 0;     // Microseconds since 1970-01-01.
};

class SystemClock final : public Clock {
 public:
  static const SystemClock& instance() noexcept;
  std::uint64_t steady_ms() const noexcept override;
  std::uint64_t utc_us() const noexcept override;
};

// Stands still until told to move.
class ManualClock final : public Clock {
 public:
  void advance_ms(std::uint64_t ms) noexcept { now_us_.fetch_add(ms * 1000, std::memory_order_relaxed); }
  std::uint64_t steady_ms() const noexcept override { return now_us_.load(std::memory_order_relaxed) / 1000; }
  std::uint64_t utc_us() const noexcept override {
    return kEpochUs + now_us_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint64_t kEpochUs =
      1'700'000'000'000'000;  // A date in 2023, so that timestamps look real.
  std::atomic<std::uint64_t> now_us_{0};
};

}  // namespace amps

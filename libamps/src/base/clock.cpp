// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

namespace amps {
namespace {

template <typename Unit, typename ClockType>
std::uint64_t since_epoch() noexcept {
  const auto elapsed = ClockType::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<Unit>(elapsed).count());
}

}  // namespace

const SystemClock& SystemClock::instance() noexcept {
  static const SystemClock& clock = *new SystemClock;  // Outlives every thread that asks it for the time.
  return clock;
}

std::uint64_t SystemClock::steady_ms() const noexcept {
  return since_epoch<std::chrono::milliseconds, std::chrono::steady_clock>();
}

std::uint64_t SystemClock::utc_us() const noexcept {
  return since_epoch<std::chrono::microseconds, std::chrono::system_clock>();
}

}  // namespace amps

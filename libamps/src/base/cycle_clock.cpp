// SPDX-License-Identifier: Apache-2.0
#include "base/cycle_clock.h"

namespace amps {
namespace {

// Ticks a ns, measured against the steady clock over a span that makes the error of reading both
// negligible. The counter of every x86-64 of the last fifteen years runs at a constant rate.
double measure_ticks_per_ns() noexcept {
#if defined(__x86_64__)
  using Steady = std::chrono::steady_clock;
  constexpr auto kSpan = std::chrono::milliseconds(1);
  const auto start = Steady::now();
  const std::uint64_t first = CycleClock::now();
  auto end = start;
  while (end - start < kSpan) end = Steady::now();
  const std::uint64_t ticks = CycleClock::now() - first;
  const double ns = std::chrono::duration<double, std::nano>(end - start).count();
  return ticks > 0 ? static_cast<double>(ticks) / ns : 1.0;
#else
  return 1.0;
#endif
}

double ticks_per_ns() noexcept {
  static const double rate = measure_ticks_per_ns();
  return rate;
}

}  // namespace

std::uint64_t CycleClock::ticks_of_ns(std::uint64_t ns) noexcept {
  return static_cast<std::uint64_t>(static_cast<double>(ns) * ticks_per_ns());
}

std::uint64_t CycleClock::ns_of_ticks(std::uint64_t ticks) noexcept {
  return static_cast<std::uint64_t>(static_cast<double>(ticks) / ticks_per_ns());
}

}  // namespace amps

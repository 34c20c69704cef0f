// SPDX-License-Identifier: Apache-2.0
// A counter cheap enough to read on every publish (a few ns): it answers "how long ago, roughly?",
// which decides between writing at once and letting a burst coalesce. Not for time-outs: it may
// drift by a per mille against the steady clock, and between cores by what the machine allows.
// Threads: any.
#pragma once

#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace amps {

class CycleClock {
 public:
  // Ticks since some moment; wraps after years.
  static std::uint64_t now() noexcept {
#if defined(__x86_64__)
    return __rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::steady_clock::now().time_since_epoch())
                                          .count());
#endif
  }
  // Ticks of a span. The first call in a process measures the counter for about 1 ms.
  static std::uint64_t ticks_of_ns(std::uint64_t ns) noexcept;
  static std::uint64_t ns_of_ticks(std::uint64_t ticks) noexcept;
};

}  // namespace amps

// SPDX-License-Identifier: Apache-2.0
// How long a reconnect waits before it tries a URI: exponential with jitter, of which a fixed delay is
// the special case of exponent 1 without jitter.
// Threads: any; it has a lock of its own.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/status.h"
#include "base/sync.h"
#include "client/part.h"
#include "client/plugin.h"

namespace amps::client {

struct DelayLimits {
  std::uint32_t initial_ms = 200;
  std::uint32_t delay_max_ms = 20'000;
  double exponent = 2.0;
  std::uint32_t retry_max_ms = 0;  // Give up after so long without success; 0: never.
  double jitter = 1.0;  // Adds a random part of [0, jitter × initial_ms) to delays that are not 0.
};

class DelayStrategy final : public Part {
 public:
  explicit DelayStrategy(const DelayLimits& limits, const Clock& clock = SystemClock::instance());

  static const amps_delay_strategy_vt_t* table() noexcept;
  // Requires: the pair of table and self came from the library.
  static DelayStrategy* of(void* self) noexcept {
    return static_cast<DelayStrategy*>(static_cast<Part*>(self));
  }
  void* self() noexcept { return static_cast<Part*>(this); }

  // 0 for a URI not tried since the last reset. Fails with AMPS_E_RECONNECT_MAX when the time is over.
  Status wait_duration(std::string_view uri, std::uint32_t* milliseconds);
  void reset();

 private:
  const DelayLimits limits_;
  const Clock& clock_;
  Mutex mutex_{LockRank::kLeaf};
  std::unordered_map<std::string, double> next_delay_ms_ AMPS_GUARDED_BY(mutex_);  // By URI.
  std::uint64_t first_try_ms_ AMPS_GUARDED_BY(mutex_) = 0;
  std::minstd_rand random_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::client

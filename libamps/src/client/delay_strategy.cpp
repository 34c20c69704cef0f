// SPDX-License-Identifier: Apache-2.0
#include "client/delay_strategy.h"

#include <algorithm>

#include "client/failure.h"
#include "wire/header.h"

namespace amps::client {

namespace {

amps_result wait_duration(void* self, amps_span_t uri, std::uint32_t* milliseconds) {
  const Status status = DelayStrategy::of(self)->wait_duration(wire::view_of(uri), milliseconds);
  if (!status.ok()) set_callback_failure(status.code(), status.text());
  return status.code();
}

amps_result reset(void* self) {
  DelayStrategy::of(self)->reset();
  return AMPS_E_OK;
}

}  // namespace

const amps_delay_strategy_vt_t* DelayStrategy::table() noexcept {
  static const amps_delay_strategy_vt_t table = {
      sizeof(amps_delay_strategy_vt_t), "libamps/default", &Part::retain, &Part::release,
      &client::wait_duration,           &client::reset};
  return &table;
}

DelayStrategy::DelayStrategy(const DelayLimits& limits, const Clock& clock)
    : limits_(limits), clock_(clock), random_(std::random_device{}()) {}

Status DelayStrategy::wait_duration(std::string_view uri, std::uint32_t* milliseconds) {
  const MutexLock lock(mutex_);
  const std::uint64_t now = clock_.steady_ms();
  if (next_delay_ms_.empty()) first_try_ms_ = now;
  if (limits_.retry_max_ms != 0 && now - first_try_ms_ >= limits_.retry_max_ms) {
    return Status(AMPS_E_RECONNECT_MAX,
                  "no server could be reached for " + std::to_string(limits_.retry_max_ms) + " ms");
  }
  const auto [entry, is_first] = next_delay_ms_.try_emplace(std::string(uri), limits_.initial_ms);
  if (is_first) {
    *milliseconds = 0;
    return {};
  }
  const double delay = std::min<double>(entry->second, limits_.delay_max_ms);
  entry->second = std::min<double>(delay * limits_.exponent, limits_.delay_max_ms);
  std::uniform_real_distribution<double> share(0.0, 1.0);
  const double extra = delay > 0 ? share(random_) * limits_.jitter * limits_.initial_ms : 0.0;
  *milliseconds = static_cast<std::uint32_t>(std::min(delay + extra, 4294967295.0));
  return {};
}

void DelayStrategy::reset() {
  const MutexLock lock(mutex_);
  next_delay_ms_.clear();
}

}  // namespace amps::client

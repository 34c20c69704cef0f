// SPDX-License-Identifier: Apache-2.0
// How long a call may wait in all, however many things it waits for one after the other.
// Threads: the one that made it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "client/thread_context.h"

namespace amps::client {

class WaitLimit {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Begins now. @param timeout_ms 0: no limit. A thread that restores a session never waits past the end of
  // that work.
  explicit WaitLimit(std::uint64_t timeout_ms) : began_(std::chrono::steady_clock::now()) {
    if (timeout_ms != 0) end_ = began_ + std::chrono::milliseconds(timeout_ms);
    end_ = std::min(end_, thread_context().restoring_deadline);
  }

  TimePoint end() const noexcept { return end_; }
  bool is_over() const noexcept { return std::chrono::steady_clock::now() >= end_; }
  // The sooner of the end and `slice` from now.
  TimePoint next(std::chrono::milliseconds slice) const noexcept {
    const TimePoint now = std::chrono::steady_clock::now();
    return end_ - now < slice ? end_ : now + slice;
  }
  // @param what_failed for example "no acknowledgement"
  Status status(std::string_view what_failed) const {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - began_).count();
    return Status(AMPS_E_TIMED_OUT, std::string(what_failed) + " within " + std::to_string(waited) + " ms");
  }

 private:
  TimePoint began_;
  TimePoint end_ = TimePoint::max();
};

}  // namespace amps::client

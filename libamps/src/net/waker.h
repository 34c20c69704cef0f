// SPDX-License-Identifier: Apache-2.0
// Waiting for a descriptor, with a way for another thread to end the wait.
// Threads: wake() from any; wait_for() by the waiting one.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/status.h"

namespace amps::net {

// An eventfd. Once woken it stays so until reset().
class Waker {
 public:
  Waker();
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  void wake() const noexcept;
  void reset() const noexcept;
  bool is_awake() const noexcept;
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

enum class Ready { kReadable = 1, kWritable = 2, kTimedOut, kWoken, kInterrupted };

using Deadline = std::chrono::steady_clock::time_point;
constexpr Deadline kNoDeadline = Deadline::max();

// Waits until the descriptor is readable (or writable when `for_write`), the deadline has passed, the
// waker was woken, or the interrupt hook asked. `interruptible` false: receive threads, no hook calls.
// Errors and hang-ups of the descriptor count as ready: the next read or write says what happened.
// A woken waker wins over a ready descriptor. `fd` may be -1: nothing but waiting.
Ready wait_for(int fd, bool for_write, Deadline deadline, const Waker* waker, bool interruptible);

}  // namespace amps::net

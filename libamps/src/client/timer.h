// SPDX-License-Identifier: Apache-2.0
// One thread for everything that happens at a time: heartbeats, ack batches, stuck handlers.
// Threads: any. The thread starts with the first task and stays; a forked child starts its own.
#pragma once

#include <cstdint>

namespace amps::client {

class TimerTask {
 public:
  static constexpr std::uint64_t kNever = UINT64_MAX;
  virtual ~TimerTask() = default;
  // Runs on the timer thread at its time; must not block. Returns when to run again.
  virtual std::uint64_t run(std::uint64_t now_ms) = 0;
};

// Milliseconds of the steady clock.
std::uint64_t now_ms() noexcept;
// Runs the task at this time, or earlier if it is due earlier already.
void schedule(TimerTask* task, std::uint64_t at_ms);
// After it the task does not run any more. Blocks: while the task runs, unless called by it.
void cancel(TimerTask* task);

}  // namespace amps::client

// SPDX-License-Identifier: Apache-2.0
// What the calling thread is doing for which client: decides which calls may wait.
// Threads: each sees its own.
#pragma once

#include <chrono>
#include <cstdint>

#include "amps/amps_client.h"

namespace amps::client {

struct ThreadContext {
  const amps_client* delivering = nullptr;  // This is a receive thread of that client.
  const amps_client* restoring = nullptr;   // This thread brings that client's session back.
  std::uint64_t restoring_epoch = 0;        // Of that session when it began: a disconnect ends it.
  std::chrono::steady_clock::time_point restoring_deadline =
      std::chrono::steady_clock::time_point::max();  // Waits of that work end by then.
  bool is_recovering = false;                        // Inside Recovery::run().
  bool is_library_thread = false;                    // Made by this library.
  bool is_resubscribing = false;                     // Inside a subscription manager's resubscribe().
  unsigned no_wait_depth = 0;                        // Inside callbacks that must not wait.
  bool may_hold_binding_lock = false;                // A batched handler ran since the last before_wait.
};

inline ThreadContext& thread_context() noexcept {
  thread_local ThreadContext context;
  return context;
}

// Marks callbacks during which waiting calls are refused.
class NoWaitScope {
 public:
  NoWaitScope() noexcept { ++thread_context().no_wait_depth; }
  ~NoWaitScope() { --thread_context().no_wait_depth; }
  NoWaitScope(const NoWaitScope&) = delete;
  NoWaitScope& operator=(const NoWaitScope&) = delete;
};

class RestoringScope {
 public:
  RestoringScope(const amps_client* client, std::uint64_t epoch) noexcept : before_(thread_context()) {
    thread_context().restoring = client;
    thread_context().restoring_epoch = epoch;
  }
  ~RestoringScope() {
    ThreadContext& context = thread_context();
    context.restoring = before_.restoring;
    context.restoring_epoch = before_.restoring_epoch;
    context.restoring_deadline = before_.restoring_deadline;
    context.is_recovering = before_.is_recovering;
  }
  RestoringScope(const RestoringScope&) = delete;
  RestoringScope& operator=(const RestoringScope&) = delete;

 private:
  const ThreadContext before_;
};

// amps_set_delivery_hooks().
void set_delivery_hooks(const amps_delivery_hooks_t& hooks) noexcept;
// Gives a binding's global lock back if this thread may hold it. Call before every wait of a receive thread.
void before_wait();
void thread_end();

// Counts forks of this process: what an ancestor made is of no use in a child.
unsigned fork_generation() noexcept;

}  // namespace amps::client

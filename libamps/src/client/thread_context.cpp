// SPDX-License-Identifier: Apache-2.0
#include "client/thread_context.h"

#include <pthread.h>

#include <atomic>

namespace amps::client {
namespace {

std::atomic<void (*)()> before_wait_hook{nullptr};
std::atomic<void (*)()> thread_end_hook{nullptr};
std::atomic<unsigned> forks{0};

}  // namespace

void set_delivery_hooks(const amps_delivery_hooks_t& hooks) noexcept {
  before_wait_hook.store(hooks.before_wait, std::memory_order_release);
  thread_end_hook.store(hooks.thread_end, std::memory_order_release);
}

void before_wait() {
  ThreadContext& context = thread_context();
  if (!context.may_hold_binding_lock) return;
  context.may_hold_binding_lock = false;
  if (auto* hook = before_wait_hook.load(std::memory_order_acquire)) hook();
}

void thread_end() {
  if (auto* hook = thread_end_hook.load(std::memory_order_acquire)) hook();
}

unsigned fork_generation() noexcept {
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  (void)registered;
  return forks.load(std::memory_order_relaxed);
}

}  // namespace amps::client

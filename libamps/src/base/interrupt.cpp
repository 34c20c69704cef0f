// SPDX-License-Identifier: Apache-2.0
#include "base/interrupt.h"

#include <atomic>

namespace amps {
namespace {

// Release on store and acquire on load: what the hook's owner prepared is seen by whoever calls it.
std::atomic<std::int32_t (*)()> interrupt_hook{nullptr};

}  // namespace

void set_interrupt_hook(std::int32_t (*hook)()) noexcept {
  interrupt_hook.store(hook, std::memory_order_release);
}

bool has_interrupt_hook() noexcept {
  return interrupt_hook.load(std::memory_order_relaxed) != nullptr;
}

bool is_interrupted() noexcept {
  const auto hook = interrupt_hook.load(std::memory_order_acquire);
  return hook != nullptr && hook() != 0;
}

}  // namespace amps

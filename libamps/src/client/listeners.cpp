// SPDX-License-Identifier: Apache-2.0
#include "client/listeners.h"

#include <cxxabi.h>

#include <algorithm>
#include <utility>

#include "client/thread_context.h"
#include "wire/header.h"

namespace amps::client {
namespace {

// Listeners of C++ programs may throw although they must not; there is nobody left to tell.
template <typename Call>
void call_quietly(Call&& call) {
  const NoWaitScope no_wait;
  try {
    call();
  } catch (const ::abi::__forced_unwind&) {
    throw;
  } catch (...) {
  }
}

}  // namespace

void Listeners::set_raw_filter(RawFilter filter) {
  const MutexLock lock(mutex_);
  raw_filter_ = filter;
}

void Listeners::set_raw_disconnect(RawDisconnect handler) {
  const MutexLock lock(mutex_);
  raw_disconnect_ = handler;
}

RawFilter Listeners::raw_filter() const {
  const MutexLock lock(mutex_);
  return raw_filter_;
}

RawDisconnect Listeners::raw_disconnect() const {
  const MutexLock lock(mutex_);
  return raw_disconnect_;
}

void Listeners::add_state_listener(CallbackPtr<amps_state_listener_t> listener) {
  const MutexLock lock(mutex_);
  for (const auto& known : state_listeners_) {
    if (known->c().fn == listener->c().fn && known->c().userdata == listener->c().userdata) return;
  }
  state_listeners_.push_back(std::move(listener));
}

void Listeners::remove_state_listener(void (*fn)(std::int32_t, void*), void* userdata) {
  CallbackPtr<amps_state_listener_t> removed;
  const MutexLock lock(mutex_);
  const auto found = std::find_if(state_listeners_.begin(), state_listeners_.end(), [&](const auto& known) {
    return known->c().fn == fn && known->c().userdata == userdata;
  });
  if (found == state_listeners_.end()) return;
  removed = std::move(*found);
  state_listeners_.erase(found);
}

void Listeners::clear_state_listeners() {
  std::vector<CallbackPtr<amps_state_listener_t>> removed;
  const MutexLock lock(mutex_);
  removed.swap(state_listeners_);
}

void Listeners::defer(CallbackPtr<amps_thread_callback_t> callback) {
  const MutexLock lock(mutex_);
  deferred_.push_back(std::move(callback));
  has_deferred_.store(true, std::memory_order_release);
}

void Listeners::run_deferred() {
  std::vector<CallbackPtr<amps_thread_callback_t>> due;
  {
    const MutexLock lock(mutex_);
    due.swap(deferred_);
    has_deferred_.store(false, std::memory_order_relaxed);
  }
  for (const auto& callback : due) {
    call_quietly([&] { (void)callback->c().fn(callback->c().userdata); });
  }
}

void Listeners::report(std::int32_t code, std::string_view text) const {
  const CallbackPtr<amps_exception_listener_t> listener = get(exception_);
  if (listener == nullptr) return;
  call_quietly([&] { listener->c().fn(code, wire::span_of(text), listener->c().userdata); });
}

void Listeners::announce(amps_connection_state_t state) const {
  std::vector<CallbackPtr<amps_state_listener_t>> listeners;
  {
    const MutexLock lock(mutex_);
    listeners = state_listeners_;
  }
  for (const auto& listener : listeners) {
    call_quietly([&] { listener->c().fn(state, listener->c().userdata); });
  }
}

void Listeners::clear() {
  set(CallbackPtr<amps_disconnect_handler_t>());
  set(CallbackPtr<amps_failed_write_handler_t>());
  set(CallbackPtr<amps_transport_filter_t>());
  set(CallbackPtr<amps_thread_callback_t>());
  set(CallbackPtr<amps_exception_listener_t>());
  clear_state_listeners();
  std::vector<CallbackPtr<amps_thread_callback_t>> removed;
  const MutexLock lock(mutex_);
  removed.swap(deferred_);
}

}  // namespace amps::client

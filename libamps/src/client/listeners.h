// SPDX-License-Identifier: Apache-2.0
// The functions of a program that hear about a client, other than message handlers.
// Threads: any. No lock is held while one runs.
#pragma once

#include <atomic>
#include <string_view>
#include <vector>

#include "base/sync.h"
#include "client/callback.h"

namespace amps::client {

struct RawFilter {
  amps_transport_filter_function fn = nullptr;
  void* userdata = nullptr;
};
struct RawDisconnect {
  amps_handler fn = nullptr;
  void* userdata = nullptr;
};

class Listeners {
 public:
  // Each replaces the one before; NULL removes it.
  void set(CallbackPtr<amps_disconnect_handler_t> lost) { exchange(&lost_, std::move(lost)); }
  void set(CallbackPtr<amps_exception_listener_t> exception) { exchange(&exception_, std::move(exception)); }
  void set(CallbackPtr<amps_failed_write_handler_t> failed) { exchange(&failed_write_, std::move(failed)); }
  void set(CallbackPtr<amps_transport_filter_t> filter) { exchange(&filter_, std::move(filter)); }
  void set(CallbackPtr<amps_thread_callback_t> created) { exchange(&thread_created_, std::move(created)); }
  void set_raw_filter(RawFilter filter) AMPS_EXCLUDES(mutex_);
  void set_raw_disconnect(RawDisconnect handler) AMPS_EXCLUDES(mutex_);

  CallbackPtr<amps_disconnect_handler_t> lost() const { return get(lost_); }
  CallbackPtr<amps_exception_listener_t> exception() const { return get(exception_); }
  CallbackPtr<amps_failed_write_handler_t> failed_write() const { return get(failed_write_); }
  CallbackPtr<amps_transport_filter_t> filter() const { return get(filter_); }
  CallbackPtr<amps_thread_callback_t> thread_created() const { return get(thread_created_); }
  RawFilter raw_filter() const AMPS_EXCLUDES(mutex_);
  RawDisconnect raw_disconnect() const AMPS_EXCLUDES(mutex_);

  void add_state_listener(CallbackPtr<amps_state_listener_t> listener) AMPS_EXCLUDES(mutex_);
  void remove_state_listener(void (*fn)(std::int32_t, void*), void* userdata) AMPS_EXCLUDES(mutex_);
  void clear_state_listeners() AMPS_EXCLUDES(mutex_);

  void defer(CallbackPtr<amps_thread_callback_t> callback) AMPS_EXCLUDES(mutex_);
  bool has_deferred() const noexcept { return has_deferred_.load(std::memory_order_acquire); }
  // Runs what was deferred. Threads: the receive thread.
  void run_deferred() AMPS_EXCLUDES(mutex_);

  // Calls the exception listener; without one the failure is dropped.
  void report(std::int32_t code, std::string_view text) const AMPS_EXCLUDES(mutex_);
  void announce(amps_connection_state_t state) const AMPS_EXCLUDES(mutex_);
  // Lets everything go: nothing is called any more.
  void clear() AMPS_EXCLUDES(mutex_);

 private:
  template <typename Pointer>
  void exchange(Pointer* slot, Pointer with) AMPS_EXCLUDES(mutex_) {
    // `with` leaves with the old value, after the lock: its release may run then.
    const MutexLock lock(mutex_);
    slot->swap(with);
  }
  template <typename Pointer>
  Pointer get(const Pointer& slot) const AMPS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return slot;
  }

  mutable Mutex mutex_{LockRank::kClientSettings};
  CallbackPtr<amps_disconnect_handler_t> lost_;
  CallbackPtr<amps_exception_listener_t> exception_;
  CallbackPtr<amps_failed_write_handler_t> failed_write_;
  CallbackPtr<amps_transport_filter_t> filter_;
  CallbackPtr<amps_thread_callback_t> thread_created_;
  RawFilter raw_filter_ AMPS_GUARDED_BY(mutex_);
  RawDisconnect raw_disconnect_ AMPS_GUARDED_BY(mutex_);
  std::vector<CallbackPtr<amps_state_listener_t>> state_listeners_ AMPS_GUARDED_BY(mutex_);
  std::vector<CallbackPtr<amps_thread_callback_t>> deferred_ AMPS_GUARDED_BY(mutex_);
  std::atomic<bool> has_deferred_{false};
};

}  // namespace amps::client

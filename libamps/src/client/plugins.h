// SPDX-License-Identifier: Apache-2.0
// The replaceable parts of a client.
// Threads: any; a part is copied out before it is called, so no lock is held meanwhile.
#pragma once

#include <atomic>

#include "base/sync.h"
#include "client/plugin.h"

namespace amps::client {

class Plugins {
 public:
  template <typename Table>
  void set(Plugin<Table> part) AMPS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    slot(static_cast<const Table*>(nullptr)).swap(part);
    has_publish_store_.store(static_cast<bool>(publish_store_), std::memory_order_release);
    has_bookmark_store_.store(static_cast<bool>(bookmark_store_), std::memory_order_release);
  }
  template <typename Table>
  Plugin<Table> get() const AMPS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return const_cast<Plugins*>(this)->slot(static_cast<const Table*>(nullptr));
  }
  bool has_publish_store() const noexcept { return has_publish_store_.load(std::memory_order_acquire); }
  bool has_bookmark_store() const noexcept { return has_bookmark_store_.load(std::memory_order_acquire); }
  void clear() AMPS_EXCLUDES(mutex_) {
    set(ServerChooserPlugin());
    set(DelayStrategyPlugin());
    set(FailedResubscribePlugin());
    set(SubscriptionManagerPlugin());
    set(BookmarkStorePlugin());
    set(PublishStorePlugin());
  }

 private:
  ServerChooserPlugin& slot(const amps_server_chooser_vt_t*) AMPS_REQUIRES(mutex_) { return server_chooser_; }
  DelayStrategyPlugin& slot(const amps_delay_strategy_vt_t*) AMPS_REQUIRES(mutex_) { return delay_strategy_; }
  FailedResubscribePlugin& slot(const amps_failed_resubscribe_vt_t*) AMPS_REQUIRES(mutex_) {
    return failed_resubscribe_;
  }
  SubscriptionManagerPlugin& slot(const amps_subscription_manager_vt_t*) AMPS_REQUIRES(mutex_) {
    return subscription_manager_;
  }
  BookmarkStorePlugin& slot(const amps_bookmark_store_vt_t*) AMPS_REQUIRES(mutex_) { return bookmark_store_; }
  PublishStorePlugin& slot(const amps_publish_store_vt_t*) AMPS_REQUIRES(mutex_) { return publish_store_; }

  mutable Mutex mutex_{LockRank::kClientSettings};
  ServerChooserPlugin server_chooser_ AMPS_GUARDED_BY(mutex_);
  DelayStrategyPlugin delay_strategy_ AMPS_GUARDED_BY(mutex_);
  FailedResubscribePlugin failed_resubscribe_ AMPS_GUARDED_BY(mutex_);
  SubscriptionManagerPlugin subscription_manager_ AMPS_GUARDED_BY(mutex_);
  BookmarkStorePlugin bookmark_store_ AMPS_GUARDED_BY(mutex_);
  PublishStorePlugin publish_store_ AMPS_GUARDED_BY(mutex_);
  std::atomic<bool> has_publish_store_{false};
  std::atomic<bool> has_bookmark_store_{false};
};

}  // namespace amps::client

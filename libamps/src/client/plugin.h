// SPDX-License-Identifier: Apache-2.0
// A part a program put into a client: a table of functions and its self, kept by reference.
// Threads: copies may live on any. Requires: the last copy goes without a lock held.
#pragma once

#include <cstddef>
#include <utility>

#include "amps/amps_plugins.h"

namespace amps::client {

template <typename Table>
class Plugin {
 public:
  Plugin() noexcept = default;
  Plugin(const Table* table, void* self) : table_(table), self_(self) { retain(); }
  // Takes over the reference the caller has.
  static Plugin adopt(const Table* table, void* self) noexcept {
    Plugin plugin;
    plugin.table_ = table;
    plugin.self_ = self;
    return plugin;
  }
  Plugin(const Plugin& other) : table_(other.table_), self_(other.self_) { retain(); }
  Plugin(Plugin&& other) noexcept { swap(other); }
  Plugin& operator=(Plugin other) noexcept {
    swap(other);
    return *this;
  }
  ~Plugin() {
    if (has(&Table::release)) table_->release(self_);
  }
  void swap(Plugin& other) noexcept {
    std::swap(table_, other.table_);
    std::swap(self_, other.self_);
  }

  explicit operator bool() const noexcept { return table_ != nullptr; }
  const Table* table() const noexcept { return table_; }
  void* self() const noexcept { return self_; }
  // True when the table is long enough to have the entry, and it is set.
  template <typename Member>
  bool has(Member Table::*entry) const noexcept {
    if (table_ == nullptr) return false;
    const char* at = reinterpret_cast<const char*>(&(table_->*entry));
    const auto end = static_cast<std::size_t>(at - reinterpret_cast<const char*>(table_)) + sizeof(Member);
    return end <= table_->struct_size && table_->*entry != nullptr;
  }
  // Calls an entry, or succeeds when it is not there.
  template <typename Member, typename... Arguments>
  amps_result call(Member Table::*entry, Arguments... arguments) const {
    return has(entry) ? (table_->*entry)(self_, arguments...) : AMPS_E_OK;
  }

 private:
  void retain() const {
    if (has(&Table::retain)) table_->retain(self_);
  }

  const Table* table_ = nullptr;
  void* self_ = nullptr;
};

using AuthenticatorPlugin = Plugin<amps_authenticator_vt_t>;
using ServerChooserPlugin = Plugin<amps_server_chooser_vt_t>;
using DelayStrategyPlugin = Plugin<amps_delay_strategy_vt_t>;
using FailedResubscribePlugin = Plugin<amps_failed_resubscribe_vt_t>;
using SubscriptionManagerPlugin = Plugin<amps_subscription_manager_vt_t>;
using BookmarkStorePlugin = Plugin<amps_bookmark_store_vt_t>;
using PublishStorePlugin = Plugin<amps_publish_store_vt_t>;

}  // namespace amps::client

// SPDX-License-Identifier: Apache-2.0
// A part a program put into a client: a table of functions and its self, kept by reference.
// Threads: copies may live on any. Requires: the last copy goes without a lock held.
#pragma once

#include <cstddef>
#include <memory>

#include "amps/amps_plugins.h"

namespace amps::client {

template <typename Table>
class Plugin {
 public:
  Plugin() noexcept = default;
  Plugin(const Table* table, void* self) : Plugin(adopt(table, retained(table, self))) {}
  // Takes over the reference the caller has; gives it back when this throws.
  static Plugin adopt(const Table* table, void* self) {
    Plugin plugin;
    if (table == nullptr) return plugin;
    try {
      plugin.held_ = std::make_shared<const Held>(table, self);
    } catch (...) {
      const Held released(table, self);
      throw;
    }
    return plugin;
  }
  void swap(Plugin& other) noexcept { held_.swap(other.held_); }

  explicit operator bool() const noexcept { return held_ != nullptr; }
  const Table* table() const noexcept { return held_ == nullptr ? nullptr : held_->table; }
  void* self() const noexcept { return held_ == nullptr ? nullptr : held_->self; }
  // True when the table is long enough to have the entry, and it is set.
  template <typename Member>
  bool has(Member Table::*entry) const noexcept {
    return held_ != nullptr && has_entry(held_->table, entry);
  }
  // Calls an entry, or succeeds when it is not there.
  template <typename Member, typename... Arguments>
  amps_result call(Member Table::*entry, Arguments... arguments) const {
    return has(entry) ? (held_->table->*entry)(held_->self, arguments...) : AMPS_E_OK;
  }

 private:
  template <typename Member>
  static bool has_entry(const Table* table, Member Table::*entry) noexcept {
    const char* at = reinterpret_cast<const char*>(&(table->*entry));
    const auto end = static_cast<std::size_t>(at - reinterpret_cast<const char*>(table)) + sizeof(Member);
    return end <= table->struct_size && table->*entry != nullptr;
  }
  static void* retained(const Table* table, void* self) {
    if (table != nullptr && has_entry(table, &Table::retain)) table->retain(self);
    return self;
  }

  // One reference to the part.
  struct Held {
    Held(const Table* its_table, void* its_self) noexcept : table(its_table), self(its_self) {}
    ~Held() {
      if (has_entry(table, &Table::release)) table->release(self);
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    const Table* const table;
    void* const self;
  };

  // Shared by the client and who is calling the part, so that a copy calls nothing: it is made under a lock,
  // and retain() of a binding waits for a lock of its own.
  std::shared_ptr<const Held> held_;
};

using AuthenticatorPlugin = Plugin<amps_authenticator_vt_t>;
using ServerChooserPlugin = Plugin<amps_server_chooser_vt_t>;
using DelayStrategyPlugin = Plugin<amps_delay_strategy_vt_t>;
using FailedResubscribePlugin = Plugin<amps_failed_resubscribe_vt_t>;
using SubscriptionManagerPlugin = Plugin<amps_subscription_manager_vt_t>;
using BookmarkStorePlugin = Plugin<amps_bookmark_store_vt_t>;
using PublishStorePlugin = Plugin<amps_publish_store_vt_t>;

}  // namespace amps::client

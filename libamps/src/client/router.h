// SPDX-License-Identifier: Apache-2.0
// From the ids of a message to its route, and the handlers that are not bound to an id.
// Threads: changes and route_of() from any; the receive thread reads through its own RouterReader
// without a lock. A table is copied only when a reader is using it while it must change.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/sync.h"
#include "client/route.h"

namespace amps::client {

constexpr std::size_t kCommandCount = 18;  // Bits of AMPS_COMMAND_TABLE.

struct RawHandler {
  amps_handler fn = nullptr;
  void* userdata = nullptr;
};

struct RouterTable {
  RouterTable() = default;
  RouterTable(const RouterTable& other)
      : routes(other.routes), slots(other.slots), commands(other.commands), raw(other.raw) {}

  std::unordered_map<std::string_view, RoutePtr> routes;  // Keys are views of Route::ids.
  std::array<HandlerPtr, AMPS_SLOT_COUNT> slots;
  std::array<HandlerPtr, kCommandCount> commands;
  RawHandler raw;
  std::atomic<unsigned> readers{0};  // Release by a reader pairs with acquire by the one who changes.
};

class Router {
 public:
  Router();

  // Replaces routes that have one of its ids.
  void add(const RoutePtr& route) AMPS_EXCLUDES(mutex_);
  // False when no route has the id. All ids of the route go.
  bool remove(std::string_view id) AMPS_EXCLUDES(mutex_);
  // Removes every route, or those that are no subscriptions.
  void clear(bool keep_subscriptions) AMPS_EXCLUDES(mutex_);
  RoutePtr route_of(std::string_view id) const AMPS_EXCLUDES(mutex_);
  std::vector<RoutePtr> subscriptions() const AMPS_EXCLUDES(mutex_);

  void set_slot(amps_handler_slot_t slot, HandlerPtr handler) AMPS_EXCLUDES(mutex_);
  HandlerPtr slot(amps_handler_slot_t slot) const AMPS_EXCLUDES(mutex_);
  void set_command_handler(unsigned command_index, HandlerPtr handler) AMPS_EXCLUDES(mutex_);
  void clear_handlers() AMPS_EXCLUDES(mutex_);  // Of slots and commands.
  void set_raw_handler(RawHandler handler) AMPS_EXCLUDES(mutex_);

 private:
  friend class RouterReader;
  using TablePtr =
      std::shared_ptr<RouterTable>;  // Shared by the router and a reader in the middle of a block.

  template <typename Change>
  void change(Change change);
  static void erase(RouterTable* table, const Route& route, std::vector<RoutePtr>* dropped);

  mutable Mutex mutex_{LockRank::kRouter};
  TablePtr table_ AMPS_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> version_{1};  // Changed under the mutex; readers look without it.
};

// The receive thread's view. Between acquire() and release() table() stays as it is.
class RouterReader {
 public:
  explicit RouterReader(Router& router) noexcept : router_(router) {}
  ~RouterReader() { release(); }

  // Takes the newest table; cheap when it has not changed. Views of older ones die.
  const RouterTable& table() {
    if (__builtin_expect(router_.version_.load(std::memory_order_acquire) != version_, 0)) acquire();
    return *table_;
  }
  // NULL when nobody has the id. Valid until the next call.
  Route* find(std::string_view id);
  // Lets go, so that removed handlers are released while the thread sleeps.
  void release() noexcept;

 private:
  void acquire();

  Router& router_;
  Router::TablePtr table_;
  std::uint64_t version_ = 0;
  // Header prediction: the next message most likely has the ids of the last one.
  char last_id_[64];
  std::size_t last_id_size_ = 0;
  Route* last_route_ = nullptr;
};

}  // namespace amps::client

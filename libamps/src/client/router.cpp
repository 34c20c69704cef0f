// SPDX-License-Identifier: Apache-2.0
#include "client/router.h"

#include <cstring>
#include <utility>

namespace amps::client {

Router::Router() : table_(std::make_shared<RouterTable>()) {}

// Runs the change on a table nobody is reading, then drops what it removed without the lock.
template <typename Change>
void Router::change(Change change) {
  std::vector<RoutePtr> dropped;
  TablePtr old;
  {
    const MutexLock lock(mutex_);
    if (table_->readers.load(std::memory_order_acquire) != 0) {
      auto copy = std::make_shared<RouterTable>(*table_);
      old = std::exchange(table_, std::move(copy));
    }
    change(table_.get(), &dropped);
    version_.fetch_add(1, std::memory_order_release);
  }
}

void Router::erase(RouterTable* table, const Route& route, std::vector<RoutePtr>* dropped) {
  for (const std::string& id : route.ids) {
    const auto found = table->routes.find(id);
    if (found == table->routes.end() || found->second.get() != &route) continue;
    dropped->push_back(std::move(found->second));
    table->routes.erase(found);
  }
}

void Router::add(const RoutePtr& route) {
  change([&](RouterTable* table, std::vector<RoutePtr>* dropped) {
    for (const std::string& id : route->ids) {
      const auto found = table->routes.find(id);
      if (found != table->routes.end()) {
        const RoutePtr old = found->second;
        erase(table, *old, dropped);
      }
      table->routes.emplace(id, route);
    }
  });
}

bool Router::remove(std::string_view id) {
  bool found_any = false;
  change([&](RouterTable* table, std::vector<RoutePtr>* dropped) {
    const auto found = table->routes.find(id);
    if (found == table->routes.end()) return;
    found_any = true;
    const RoutePtr route = found->second;
    erase(table, *route, dropped);
  });
  return found_any;
}

void Router::clear(bool keep_subscriptions) {
  change([&](RouterTable* table, std::vector<RoutePtr>* dropped) {
    for (auto at = table->routes.begin(); at != table->routes.end();) {
      if (keep_subscriptions && at->second->is_subscription) {
        ++at;
        continue;
      }
      dropped->push_back(std::move(at->second));
      at = table->routes.erase(at);
    }
  });
}

RoutePtr Router::route_of(std::string_view id) const {
  const MutexLock lock(mutex_);
  const auto found = table_->routes.find(id);
  return found == table_->routes.end() ? nullptr : found->second;
}

std::vector<RoutePtr> Router::subscriptions() const {
  std::vector<RoutePtr> all;
  const MutexLock lock(mutex_);
  for (const auto& [id, route] : table_->routes) {
    if (route->is_subscription && !route->ids.empty() && id == route->ids.front()) all.push_back(route);
  }
  return all;
}

void Router::set_slot(amps_handler_slot_t slot, HandlerPtr handler) {
  change([&](RouterTable* table, std::vector<RoutePtr>*) { table->slots[slot].swap(handler); });
}

HandlerPtr Router::slot(amps_handler_slot_t slot) const {
  const MutexLock lock(mutex_);
  return table_->slots[slot];
}

void Router::set_command_handler(unsigned command_index, HandlerPtr handler) {
  change([&](RouterTable* table, std::vector<RoutePtr>*) { table->commands[command_index].swap(handler); });
}

void Router::clear_handlers() {
  decltype(RouterTable::slots) slots;  // They go without the lock.
  decltype(RouterTable::commands) commands;
  change([&](RouterTable* table, std::vector<RoutePtr>*) {
    std::swap(table->slots, slots);
    std::swap(table->commands, commands);
  });
}

void Router::set_raw_handler(RawHandler handler) {
  change([&](RouterTable* table, std::vector<RoutePtr>*) { table->raw = handler; });
}

void RouterReader::acquire() {
  release();
  const MutexLock lock(router_.mutex_);
  table_ = router_.table_;
  table_->readers.fetch_add(1, std::memory_order_relaxed);
  version_ = router_.version_.load(std::memory_order_relaxed);
}

void RouterReader::release() noexcept {
  last_route_ = nullptr;
  last_id_size_ = 0;
  version_ = 0;
  if (table_ == nullptr) return;
  const Router::TablePtr old = std::move(table_);
  table_ = nullptr;
  old->readers.fetch_sub(1, std::memory_order_release);
}

Route* RouterReader::find(std::string_view id) {
  const RouterTable& current = table();
  if (last_route_ != nullptr && id.size() == last_id_size_ &&
      std::memcmp(id.data(), last_id_, id.size()) == 0) {
    return last_route_;
  }
  const auto found = current.routes.find(id);
  if (found == current.routes.end()) return nullptr;
  if (id.size() <= sizeof last_id_) {
    std::memcpy(last_id_, id.data(), id.size());
    last_id_size_ = id.size();
    last_route_ = found->second.get();
  }
  return found->second.get();
}

}  // namespace amps::client

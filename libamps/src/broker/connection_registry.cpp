// SPDX-License-Identifier: Apache-2.0
#include "broker/connection_registry.h"

namespace amps::broker {

void ConnectionRegistry::add(std::uint64_t connection_id, SessionHost* host, const Outbox* outbox) {
  Statistics::add(statistics_->connections);
  Statistics::add(statistics_->connections_total);
  MutexLock lock(mutex_);
  entries_.emplace(connection_id, Entry{host, outbox});
}

void ConnectionRegistry::remove(std::uint64_t connection_id) {
  Statistics::subtract(statistics_->connections);
  MutexLock lock(mutex_);
  entries_.erase(connection_id);
}

bool ConnectionRegistry::close(std::uint64_t connection_id, Disconnect reason) {
  MutexLock lock(mutex_);
  const auto found = entries_.find(connection_id);
  if (found == entries_.end()) return false;
  found->second.host->request_close(connection_id, reason);
  return true;
}

void ConnectionRegistry::close_all(Disconnect reason) {
  MutexLock lock(mutex_);
  for (const auto& [id, entry] : entries_) entry.host->request_close(id, reason);
}

void ConnectionRegistry::close_slowest() {
  MutexLock lock(mutex_);
  if (entries_.count(closing_id_) != 0) return;
  std::uint64_t most = 0;
  SessionHost* host = nullptr;
  for (const auto& [id, entry] : entries_) {
    if (entry.outbox->waiting_bytes() <= most) continue;
    most = entry.outbox->waiting_bytes();
    host = entry.host;
    closing_id_ = id;
  }
  if (host != nullptr) host->request_close(closing_id_, Disconnect::kSlowClient);
}

}  // namespace amps::broker

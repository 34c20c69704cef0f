// SPDX-License-Identifier: Apache-2.0
// All connections of a broker, for the rare question which of them keeps most bytes waiting.
// Threads: any. Lock rank: kSession.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/sync.h"
#include "broker/outbox.h"
#include "broker/session.h"

namespace amps::broker {

class ConnectionRegistry {
 public:
  explicit ConnectionRegistry(Statistics* statistics) noexcept : statistics_(statistics) {}

  void add(std::uint64_t connection_id, SessionHost* host, const Outbox* outbox);
  void remove(std::uint64_t connection_id);
  // Asks for the end of the connection with most bytes waiting, because all together are too many.
  // One that was asked before and is still there is not followed by another.
  void close_slowest();
  // Asks for the end of one; false: there is none of that id. Or of all.
  bool close(std::uint64_t connection_id, Disconnect reason);
  void close_all(Disconnect reason);

 private:
  struct Entry {
    SessionHost* host;
    const Outbox* outbox;
  };
  Statistics* const statistics_;
  Mutex mutex_{LockRank::kSession};
  std::unordered_map<std::uint64_t, Entry> entries_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t closing_id_ AMPS_GUARDED_BY(mutex_) = 0;
};

}  // namespace amps::broker

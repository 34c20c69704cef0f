// SPDX-License-Identifier: Apache-2.0
// Keeps a connection alive and notices a dead one (protocol 8.1).
// Threads: set and start any; tick the timer thread. Blocks: never.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "base/sync.h"
#include "client/connection.h"

namespace amps::client {

class Heartbeat {
 public:
  // Seconds; interval 0 turns it off, time-out 0 is twice the interval.
  void set(std::uint32_t interval_s, std::uint32_t timeout_s) AMPS_EXCLUDES(mutex_);
  bool is_set() const AMPS_EXCLUDES(mutex_);
  // Tells the server and begins to watch. Does nothing when not set.
  Status start(Connection& connection) AMPS_EXCLUDES(mutex_);
  // Returns when to look again.
  std::uint64_t tick(Connection& connection, std::uint64_t now_ms) AMPS_EXCLUDES(mutex_);

 private:
  enum class Verdict { kFine, kBeat, kDead };
  Verdict judge(Connection& connection, std::uint64_t now_ms) AMPS_REQUIRES(mutex_);

  mutable Mutex mutex_{LockRank::kClientSettings};
  std::uint64_t interval_ms_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t timeout_ms_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t generation_ AMPS_GUARDED_BY(mutex_) = 0;  // The connection being watched.
  std::uint64_t reads_ AMPS_GUARDED_BY(mutex_) = 0, last_read_ms_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t writes_ AMPS_GUARDED_BY(mutex_) = 0, last_write_ms_ AMPS_GUARDED_BY(mutex_) = 0;
};

}  // namespace amps::client

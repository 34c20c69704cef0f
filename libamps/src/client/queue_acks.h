// SPDX-License-Identifier: Apache-2.0
// Acknowledgements of queue messages, sent together (protocol 7, python-api 6.1).
// Threads: any. Blocks: never.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/sync.h"

namespace amps::client {

class Client;

class QueueAcks {
 public:
  explicit QueueAcks(Client& client) noexcept : client_(client) {}

  // With options at once, else in a batch of its topic that never exceeds `backlog_max` (0: unknown).
  Status acknowledge(std::string_view topic, std::string_view bookmarks, std::string_view options,
                     std::uint32_t backlog_max) AMPS_EXCLUDES(mutex_);
  Status flush() AMPS_EXCLUDES(mutex_);
  // Sends what is due. Returns when the next batch is.
  std::uint64_t send_due(std::uint64_t now_ms) AMPS_EXCLUDES(mutex_);
  // Forgets: the server has taken the leases back.
  void clear() AMPS_EXCLUDES(mutex_);

 private:
  struct Batch {
    std::string bookmarks;
    std::uint64_t count = 0;
    std::uint64_t due_ms = 0;
  };
  Status send(std::string_view topic, std::string_view bookmarks, std::string_view options);
  std::uint64_t wait_ms() const noexcept;

  Client& client_;
  Mutex mutex_{LockRank::kAckTracker};
  std::map<std::string, Batch, std::less<>> batches_ AMPS_GUARDED_BY(mutex_);  // By topic.
};

}  // namespace amps::client

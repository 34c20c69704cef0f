// SPDX-License-Identifier: Apache-2.0
// Publishing, with a publish store or without.
// Threads: any. Blocks: publish, while a bound is reached or the session is being restored.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "base/sync.h"
#include "client/message.h"
#include "client/plugin.h"

namespace amps::client {

class Client;

class Publisher {
 public:
  explicit Publisher(Client& client) noexcept : client_(client) {}

  Status publish(std::string_view topic, std::string_view data, std::uint32_t expiration_s,
                 std::uint32_t flags, std::uint64_t* sequence);
  // Stores and sends a publish or sow_delete. Requires: a publish store. *sequence is what the store gave.
  Status send_stored(Message& message, bool may_wait, std::uint64_t* sequence) AMPS_EXCLUDES(mutex_);
  Status flush(std::uint32_t timeout_ms, std::uint32_t ack_type);

  // A message with this number is about to be sent: the server may acknowledge it.
  void note_sent(std::uint64_t sequence) noexcept;
  // The server has persisted everything up to here. Threads: who has the reading role.
  void persisted(std::uint64_t sequence);
  // Calls back with the stored message; false when there is none.
  bool replay_single(std::uint64_t sequence, amps_store_replay_fn replay, void* userdata);
  // After a logon that said `persisted`: forgets what the server has, sends the rest, lets publishers go on.
  Status recover(std::uint64_t persisted, std::uint64_t generation) AMPS_EXCLUDES(mutex_);

 private:
  class Turn;
  Status publish_stored(std::string_view topic, std::string_view data, std::uint32_t expiration_s,
                        std::uint32_t flags, std::uint64_t* sequence);
  static Status check_size(const Message& message);
  // Stores with the turn in hand; waits while the store is full.
  Status keep(const PublishStorePlugin& store, Message& message, bool may_wait, std::uint64_t* sequence)
      AMPS_EXCLUDES(mutex_);
  Status wait_for_store(const Status& why) AMPS_EXCLUDES(mutex_);
  Status resume(const PublishStorePlugin& store, std::uint64_t persisted);
  Status flush_store(const PublishStorePlugin& store, std::uint32_t timeout_ms);
  Status take_turn(bool may_wait) AMPS_EXCLUDES(mutex_);
  void give_turn() AMPS_EXCLUDES(mutex_);

  Client& client_;
  // Sequenced commands go out in the order of their numbers: one thread stores and sends at a time.
  // A turn and not a lock, because the store may be the program's.
  Mutex mutex_{LockRank::kClientSettings};
  CondVar turn_free_;
  CondVar persisted_;  // The store may have room again.
  bool is_turn_taken_ AMPS_GUARDED_BY(mutex_) = false;
  std::atomic<std::uint64_t> highest_sent_{0};  // Relaxed: only compared with what the server claims.
};

}  // namespace amps::client

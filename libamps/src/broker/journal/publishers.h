// SPDX-License-Identifier: Apache-2.0
// What is known of those who count their messages: the highest sequence of each, by which a message that
// was sent again is known (broker 10.4, 10.5). Kept across restarts by the records themselves and, for
// records that were removed, by a file `<instance>.clients.ack`.
// Threads: any, except that append state is changed under the journal's lock only. Lock rank: kLeaf.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/buffer.h"
#include "base/file_io.h"
#include "base/status.h"
#include "base/sync.h"

namespace amps::broker {

// The id in bookmarks: the same after a restart and on every instance. With a user, names of different
// users are different publishers, so that nobody can use up the sequences of another.
std::uint64_t publisher_id(std::string_view client_name, std::string_view user) noexcept;
// The id of messages a client sends without counting them.
std::uint64_t uncounted_publisher_id(std::string_view client_name, std::string_view user,
                                     std::string_view instance) noexcept;

class PublisherState {
 public:
  std::uint64_t id() const noexcept { return id_; }
  // Of all that was appended; a sequence that is not higher was there before.
  std::uint64_t highest() const noexcept { return highest_.load(std::memory_order_acquire); }

 private:
  friend class Publishers;
  explicit PublisherState(std::uint64_t id) noexcept : id_(id) {}

  const std::uint64_t id_;
  std::atomic<std::uint64_t> highest_{0};  // Release on append; acquire where duplicates are looked for.
  // Under the journal's lock.
  std::uint64_t last_txid_ = 0;  // Of the record with `highest`.
  std::uint64_t settled_ = 0;    // A sequence up to which everything was durable when it was last looked at.
  bool is_named_ = false;        // The log has a record with the name.
  // Under the lock of Publishers.
  std::string name_;
  std::uint64_t last_seen_us_ = 0;
  std::uint32_t sessions_ = 0;
};

class Publishers {
 public:
  struct Limits {
    std::uint64_t count_max = 100'000;
    std::uint64_t inactive_us_max = 0;  // 0: nobody is forgotten.
  };
  explicit Publishers(const Limits& limits) noexcept : limits_(limits) {}

  // For sessions. A state that a session holds is not forgotten.
  // None: nothing is known, which is sequence 0. Fails with AMPS_E_NAME_IN_USE when another name has the id.
  Status find(std::uint64_t id, std::string_view name, PublisherState** out);
  // Makes the state when need be. Fails with AMPS_E_COMMAND when there are too many.
  Status open(std::uint64_t id, std::string_view name, std::uint64_t now_us, PublisherState** out);
  void close(PublisherState* state, std::uint64_t now_us);
  std::size_t count() const;

  // For the journal. Under its lock, but remember() and the files.
  // A sequence up to which everything is durable; it may be lower than it could be.
  static std::uint64_t settled(PublisherState* state, std::uint64_t durable_txid) noexcept;
  static void append(PublisherState* state, std::uint64_t sequence, std::uint64_t txid,
                     std::uint64_t durable_txid) noexcept;
  // True once for each state: the log is to get a record with its name.
  static bool needs_name(PublisherState* state) noexcept { return !std::exchange(state->is_named_, true); }
  std::string name_of(const PublisherState& state) const;
  // What a record that was read says.
  void remember_name(std::uint64_t id, std::string_view name);
  void remember(std::uint64_t id, std::uint64_t sequence, std::uint64_t txid, std::uint64_t time_us);
  void forget_inactive(std::uint64_t now_us);

  // The contents of the file: what is durable when `durable_txid` is. Under the journal's lock.
  void encode(std::uint64_t durable_txid, Buffer* out) const;
  // Replaces the file at once or not at all. Blocks.
  static Status save(FileIo& io, const std::string& directory, std::string_view instance,
                     std::string_view contents);
  // `txid` is 0 when there is no file. Fails on a damaged one.
  Status load(FileIo& io, const std::string& directory, std::string_view instance, std::uint64_t* txid);

 private:
  PublisherState* add(std::uint64_t id) AMPS_REQUIRES(mutex_);
  bool forget_one_inactive(std::uint64_t now_us) AMPS_REQUIRES(mutex_);

  const Limits limits_;
  mutable Mutex mutex_{LockRank::kLeaf};
  std::unordered_map<std::uint64_t, std::unique_ptr<PublisherState>> states_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::broker

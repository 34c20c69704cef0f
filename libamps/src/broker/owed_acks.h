// SPDX-License-Identifier: Apache-2.0
// The persisted acks a client is owed, in the order of its commands (broker 10.3, protocol 5.3). A success
// of a number settles all numbers below it, so nothing overtakes what is not on stable storage yet.
//
//   counted commands on logged topics   conflated: one ack for all that became durable, once an interval
//   everything else                     an ack each, in its place; what is conflated goes out before it
//
// Threads: that of the session. Blocks: never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "broker/stable_storage.h"

namespace amps::broker {

class OwedAcks {
 public:
  explicit OwedAcks(const StableStorage& storage) : storage_(storage) {}

  // Before the first ack. `interval_ms` 0: every command has its ack.
  void open(std::uint64_t publisher_id, std::uint64_t interval_ms) noexcept;

  void add_counted(std::uint64_t sequence, std::uint64_t txid);
  // `success` is sent once the point is on stable storage, `failure` when it will never be.
  void add(const SavedPoint& point, std::string_view success, std::string_view failure);

  // Writes what is due.
  void settle(std::uint64_t now_ms, Buffer* out);
  // Nothing is owed.
  bool empty() const noexcept { return owed_.empty() && settled_ == 0; }
  // The client has so many acks coming that it has to wait with further commands.
  bool is_full() const noexcept;
  // Something is owed that only the storage can make due.
  bool awaits_storage(std::uint64_t now_ms) const noexcept;
  // When the conflated ack may go; UINT64_MAX: time changes nothing.
  std::uint64_t deadline_ms(std::uint64_t now_ms) const noexcept;

 private:
  struct Texts {
    std::string success;
    std::string failure;
  };
  struct Owed {
    SavedPoint point;
    std::uint64_t sequence = 0;
    std::unique_ptr<Texts> texts;  // None: counted, and conflated.
  };
  void write_conflated(std::uint64_t now_ms, Buffer* out);
  std::uint64_t due_ms() const noexcept { return has_sent_ ? sent_ms_ + interval_ms_ : 0; }

  const StableStorage& storage_;
  std::uint64_t publisher_id_ = 0;
  std::uint64_t interval_ms_ = 1000;
  std::deque<Owed> owed_;
  std::size_t own_count_ = 0;  // Of those with texts …
  std::size_t own_bytes_ = 0;  // … and their size.
  std::uint64_t settled_ = 0;  // Not sent yet; 0: none.
  std::uint64_t highest_sent_ = 0;
  bool has_sent_ = false;
  std::uint64_t sent_ms_ = 0;
};

}  // namespace amps::broker

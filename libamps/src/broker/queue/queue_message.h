// SPDX-License-Identifier: Apache-2.0
// A message in a queue, as the rules see it: where it stands, never what it says.
// Threads: of the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>

#include "base/random_hash.h"
#include "broker/journal/journal_record.h"
#include "broker/queue/queue_rules.h"

namespace amps::broker {

// Clients choose sequences and may send acks of any number, so the hash is keyed. Neighbours stay
// neighbours: messages come and go nearly in order, and half of the time of a large queue is cache misses.
// Not noexcept, which makes tables keep the hashes they worked out.
struct BookmarkIdHash {
  std::size_t operator()(const BookmarkId& id) const {
    const std::uint64_t block[2] = {id.publisher, id.sequence / 64};
    return RandomHash{}({reinterpret_cast<const char*>(block), sizeof block}) + id.sequence % 64;
  }
};

// What whoever feeds the queue keeps with a message: its text, or where to find it.
class QueueContent {
 public:
  virtual ~QueueContent() = default;
};

struct QueueMessage {
  BookmarkId id;
  std::uint64_t position = 0;  // In the log. Each message added has a higher one than all before it.
  std::uint64_t priority = 0;  // Higher goes first.
  std::uint64_t expires_us = kNeverUs;
  bool is_barrier = false;  // Waits for all before it, then goes to everybody (broker 9.9).
  std::unique_ptr<QueueContent> content;

  // Kept by the queue.
  std::uint32_t deliveries = 0;
  std::uint32_t cancels = 0;
  std::uint64_t lease_end_us = kNeverUs;  // While leased.
};

// The place of a message in the order of delivery.
struct QueuePlace {
  std::uint64_t priority = 0;
  std::uint64_t position = 0;

  friend bool operator<(const QueuePlace& left, const QueuePlace& right) noexcept {
    return std::tie(right.priority, left.position) < std::tie(left.priority, right.position);
  }
};

inline QueuePlace place_of(const QueueMessage& message) noexcept {
  return {message.priority, message.position};
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Acks that came before their messages, for a limited time and in limited number: when full, the oldest
// gives way, so that a client that makes up bookmarks costs a fixed amount of memory (broker 9.6).
// Threads: of the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/queue/queue_message.h"

namespace amps::broker {

class DeferredAcks {
 public:
  DeferredAcks(std::uint64_t life_us, std::size_t count_max) : life_us_(life_us), count_max_(count_max) {}

  void add(const BookmarkId& id, std::uint64_t now_us);
  // True when the message was acknowledged already; the ack is then used up.
  bool take(const BookmarkId& id) { return acks_.erase(id) != 0; }
  void expire(std::uint64_t now_us);
  std::vector<BookmarkId> take_all();
  std::uint64_t next_due_us() const noexcept { return order_.empty() ? kNeverUs : order_.front().first; }
  std::size_t size() const noexcept { return acks_.size(); }

 private:
  void drop_oldest();

  const std::uint64_t life_us_;
  const std::size_t count_max_;
  std::unordered_map<BookmarkId, std::uint64_t, BookmarkIdHash> acks_;  // To when they end.
  // By their ends, oldest first. Of those that were taken, or added again, an entry stays until its end.
  std::deque<std::pair<std::uint64_t, BookmarkId>> order_;
};

}  // namespace amps::broker

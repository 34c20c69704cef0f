// SPDX-License-Identifier: Apache-2.0
// A walk over the messages of a queue, oldest first, that may rest while the queue changes: what leaves
// meanwhile is passed over, and what comes after the walk has begun is not met, so that it ends.
// Threads: of the queue, the destructor too. Requires: the queue outlives it.
#pragma once

#include <cstdint>

namespace amps::broker {

class Queue;
struct QueueEntry;
struct QueueMessage;

class QueueWalk {
 public:
  explicit QueueWalk(Queue* queue);
  ~QueueWalk();
  QueueWalk(const QueueWalk&) = delete;
  QueueWalk& operator=(const QueueWalk&) = delete;

  // The view dies when the queue changes. None: that was all.
  const QueueMessage* next() noexcept;

 private:
  friend class Queue;
  void pass_over(const QueueEntry* leaving) noexcept;

  Queue& queue_;
  const std::uint64_t last_position_;  // Of the log, of the last message to meet.
  QueueEntry* next_;                   // None: there are no more.
};

}  // namespace amps::broker

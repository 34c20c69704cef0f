// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_walk.h"

#include <algorithm>

#include "broker/queue/queue.h"

namespace amps::broker {

QueueWalk::QueueWalk(Queue* queue)
    : queue_(*queue),
      last_position_(queue->by_age_.back() == nullptr ? 0 : queue->by_age_.back()->position),
      next_(queue->by_age_.front()) {
  queue_.walks_.push_back(this);
}

QueueWalk::~QueueWalk() {
  queue_.walks_.erase(std::find(queue_.walks_.begin(), queue_.walks_.end(), this));
}

const QueueMessage* QueueWalk::next() noexcept {
  if (next_ == nullptr || next_->position > last_position_) return nullptr;
  const QueueEntry* const entry = next_;
  next_ = queue_.by_age_.after(entry);
  return entry;
}

void QueueWalk::pass_over(const QueueEntry* leaving) noexcept {
  if (next_ == leaving) next_ = queue_.by_age_.after(leaving);
}

}  // namespace amps::broker

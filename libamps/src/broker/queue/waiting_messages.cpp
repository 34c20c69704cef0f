// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/waiting_messages.h"

#include <algorithm>

namespace amps::broker {

namespace {

constexpr std::size_t kStalePlacesMax = 1024;  // Then places of messages that are gone are swept out.

}  // namespace

void WaitingMessages::add(QueueEntry* entry) {
  const QueuePlace place = place_of(*entry);
  waiting_.emplace_hint(waiting_.end(), place, entry);
  if (has_furthest_ && !(furthest_ < place)) {
    for (auto& [filter, interest] : interests_) offer(&interest, place);
  } else {
    // Nobody has looked so far, and who has no room will when it comes to it.
    for (Interest* one = hungry_.front(); one != nullptr; one = hungry_.after(one)) offer(one, place);
  }
}

void WaitingMessages::offer(Interest* interest, const QueuePlace& place) {
  if (interest->has_seen && !(interest->seen < place)) look_again(interest, place);
  if (!hungry_.contains(interest)) return;
  if (!interest->has_head || place < interest->head) unsettle(interest);
}

void WaitingMessages::look_again(Interest* interest, const QueuePlace& place) {
  interest->again.insert(place);
  if (interest->again.size() <= 2 * waiting_.size() + kStalePlacesMax) return;
  for (auto at = interest->again.begin(); at != interest->again.end();) {
    at = waiting_.count(*at) == 0 ? interest->again.erase(at) : std::next(at);
  }
}

void WaitingMessages::unsettle(Interest* interest) {
  if (std::exchange(interest->unsettled, true)) return;
  unsettled_.push_back(interest);
}

void WaitingMessages::remove(const QueueEntry& entry) {
  const QueuePlace place = place_of(entry);
  waiting_.erase(place);
  for (auto at = heads_.lower_bound({place, 0}); at != heads_.end() && !(place < at->first.first);) {
    at->second->has_head = false;
    unsettle(at->second);
    at = heads_.erase(at);
  }
}

void WaitingMessages::set_limit(std::uint64_t position) {
  const bool lifted = position > limit_;
  limit_ = position;
  if (!lifted) return;
  for (Interest* one = hungry_.front(); one != nullptr; one = hungry_.after(one)) {
    if (!one->has_head) unsettle(one);
  }
}

Interest* WaitingMessages::open(FilterId filter, const LoadOrder& order) {
  return &interests_.try_emplace(filter, filter, order).first->second;
}

void WaitingMessages::close(Interest* interest) {
  set_hungry(interest, false);
  unsettled_.erase(std::remove(unsettled_.begin(), unsettled_.end(), interest), unsettled_.end());
  interests_.erase(interest->filter);
}

void WaitingMessages::set_hungry(Interest* interest, bool hungry) {
  if (hungry == hungry_.contains(interest)) return;
  if (hungry) {
    hungry_.push_back(interest);
    unsettle(interest);
  } else {
    forget_head(interest);
    hungry_.erase(interest);
  }
}

// The head still waits, so the interest has to come back to it.
void WaitingMessages::forget_head(Interest* interest) {
  if (!std::exchange(interest->has_head, false)) return;
  heads_.erase({interest->head, interest->filter});
  look_again(interest, interest->head);
}

bool WaitingMessages::is_match(const Interest& interest, const QueueEntry& entry) {
  return interest.filter == kNoFilter || output_.matches(interest.filter, entry);
}

void WaitingMessages::find_head(Interest* interest) {
  forget_head(interest);
  const QueueEntry* found = nullptr;
  while (found == nullptr && !interest->again.empty()) {
    const auto waiting = waiting_.find(*interest->again.begin());
    interest->again.erase(interest->again.begin());
    if (waiting != waiting_.end() && is_match(*interest, *waiting->second)) found = waiting->second;
  }
  auto at = interest->has_seen ? waiting_.upper_bound(interest->seen) : waiting_.begin();
  for (; found == nullptr && at != waiting_.end() && at->first.position < limit_; ++at) {
    interest->has_seen = true;
    interest->seen = at->first;
    if (is_match(*interest, *at->second)) found = at->second;
  }
  if (interest->has_seen && (!has_furthest_ || furthest_ < interest->seen)) {
    has_furthest_ = true;
    furthest_ = interest->seen;
  }
  if (found == nullptr) return;
  interest->has_head = true;
  interest->head = place_of(*found);
  heads_.emplace(Head{interest->head, interest->filter}, interest);
}

QueueEntry* WaitingMessages::first() {
  for (Interest* interest : unsettled_) {
    interest->unsettled = false;
    if (hungry_.contains(interest)) find_head(interest);
  }
  unsettled_.clear();
  return heads_.empty() ? nullptr : waiting_.find(heads_.begin()->first.first)->second;
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/deferred_acks.h"

namespace amps::broker {

void DeferredAcks::drop_oldest() {
  const auto [end_us, id] = order_.front();
  order_.pop_front();
  const auto found = acks_.find(id);
  if (found != acks_.end() && found->second == end_us) acks_.erase(found);
}

void DeferredAcks::add(const BookmarkId& id, std::uint64_t now_us) {
  if (count_max_ == 0 || life_us_ == 0) return;
  const std::uint64_t end_us = life_us_ >= kNeverUs - now_us ? kNeverUs : now_us + life_us_;
  const auto [entry, is_new] = acks_.try_emplace(id, end_us);
  if (!is_new) return;  // It lasts as long as it was first meant to.
  while (order_.size() >= count_max_) drop_oldest();
  order_.emplace_back(end_us, id);
}

std::vector<BookmarkId> DeferredAcks::take_all() {
  std::vector<BookmarkId> ids;
  ids.reserve(acks_.size());
  for (const auto& [id, end_us] : acks_) ids.push_back(id);
  acks_.clear();
  return ids;
}

void DeferredAcks::expire(std::uint64_t now_us) {
  while (!order_.empty() && order_.front().first <= now_us) drop_oldest();
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/view/ranking.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace amps::broker {

// The chunk that has the order, or would get it.
std::size_t Ranking::chunk_for(std::string_view order) const {
  const auto after = std::upper_bound(
      chunks_.begin(), chunks_.end(), order,
      [](std::string_view wanted, const Chunk& chunk) { return wanted < chunk.front()->order; });
  return after == chunks_.begin() ? 0 : static_cast<std::size_t>(after - chunks_.begin()) - 1;
}

Ranking::Chunk::const_iterator Ranking::lower_bound(const Chunk& chunk, std::string_view order) {
  return std::lower_bound(
      chunk.begin(), chunk.end(), order,
      [](const std::unique_ptr<RankedRecord>& one, std::string_view wanted) { return one->order < wanted; });
}

const RankedRecord* Ranking::locate(std::string_view order, std::size_t* chunk, std::size_t* index) const {
  if (chunks_.empty()) return nullptr;
  *chunk = chunk_for(order);
  const Chunk& found = chunks_[*chunk];
  const auto at = lower_bound(found, order);
  *index = static_cast<std::size_t>(at - found.begin());
  return at != found.end() && (*at)->order == order ? at->get() : nullptr;
}

const RankedRecord& Ranking::at(std::size_t rank) const {
  assert(rank < size_);
  std::size_t chunk = 0;
  for (; rank >= chunks_[chunk].size(); ++chunk) rank -= chunks_[chunk].size();
  return *chunks_[chunk][rank];
}

std::size_t Ranking::rank_of(std::string_view order) const {
  std::size_t chunk = 0;
  std::size_t rank = 0;
  static_cast<void>(locate(order, &chunk, &rank));
  for (std::size_t before = 0; before < chunk; ++before) rank += chunks_[before].size();
  return rank;
}

const RankedRecord* Ranking::find(std::string_view order) const {
  std::size_t chunk = 0;
  std::size_t index = 0;
  return locate(order, &chunk, &index);
}

void Ranking::insert(std::string order, RecordRef record) {
  auto entry = std::make_unique<RankedRecord>(RankedRecord{std::move(order), std::move(record)});
  if (chunks_.empty()) chunks_.emplace_back();
  const std::size_t at = size_ == 0 ? 0 : chunk_for(entry->order);
  Chunk& chunk = chunks_[at];
  const auto place = lower_bound(chunk, entry->order);
  chunk.insert(place, std::move(entry));
  ++size_;
  if (chunk.size() <= kChunkMax) return;
  const auto middle = chunk.begin() + kChunkMax / 2;
  Chunk upper(std::make_move_iterator(middle), std::make_move_iterator(chunk.end()));
  chunk.erase(middle, chunk.end());
  chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
}

void Ranking::erase(std::string_view order) {
  std::size_t chunk = 0;
  std::size_t index = 0;
  const RankedRecord* const found = locate(order, &chunk, &index);
  assert(found != nullptr);
  static_cast<void>(found);
  chunks_[chunk].erase(chunks_[chunk].begin() + static_cast<std::ptrdiff_t>(index));
  if (chunks_[chunk].empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(chunk));
  --size_;
}

void Ranking::replace(std::string_view order, RecordRef record) {
  std::size_t chunk = 0;
  std::size_t index = 0;
  const RankedRecord* const found = locate(order, &chunk, &index);
  assert(found != nullptr);
  static_cast<void>(found);
  chunks_[chunk][index]->record = std::move(record);
}

PageComparison::PageComparison(const Ranking& ranking, const PageWindow& page, const RankChange& change)
    : ranking_(&ranking), page_(page), change_(change) {
  if (!change.before.empty()) self_was_there_ = page.contains(ranking.rank_of(change.before));
  if (page.size == 0 || ranking.size() <= page.skip) return;
  first_ = other(page.skip, change.before);
  last_ = other(std::min(page.skip + page.size, ranking.size()) - 1, change.before);
}

const RankedRecord* PageComparison::other(std::size_t rank, std::string_view self) const {
  const RankedRecord& found = ranking_->at(rank);
  return found.order == self ? nullptr : &found;
}

bool PageComparison::was_on_page(std::string_view order) const {
  std::size_t rank = ranking_->rank_of(order);
  if (!change_.after.empty() && change_.after < order) --rank;
  if (!change_.before.empty() && change_.before < order) ++rank;
  return page_.contains(rank);
}

PageDifference PageComparison::finish() const {
  PageDifference difference;
  const bool is_there = !change_.after.empty() && page_.contains(ranking_->rank_of(change_.after));
  difference.self_departed = self_was_there_ && !is_there;
  difference.self_arrived = !self_was_there_ && is_there;
  difference.self_stayed = self_was_there_ && is_there;
  // One record moves, so the others move by at most one place, over one edge of the page.
  for (const RankedRecord* one : {first_, last_}) {
    if (one != nullptr && !page_.contains(ranking_->rank_of(one->order))) difference.departed = one;
  }
  if (page_.size == 0 || ranking_->size() <= page_.skip) return difference;
  const std::size_t last = std::min(page_.skip + page_.size, ranking_->size()) - 1;
  for (const RankedRecord* one : {other(page_.skip, change_.after), other(last, change_.after)}) {
    if (one != nullptr && !was_on_page(one->order)) difference.arrived = one;
  }
  return difference;
}

}  // namespace amps::broker

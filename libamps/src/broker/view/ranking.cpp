// SPDX-License-Identifier: Apache-2.0
#include "broker/view/ranking.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
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

PageDifference page_difference(const Ranking& ranking, const PageWindow& page, const RankMove& move) {
  PageDifference difference;
  if (page.size == 0) return difference;
  const bool was_there = page.contains(move.before);
  const bool is_there = page.contains(move.after);
  difference.self_departed = was_there && !is_there;
  difference.self_arrived = !was_there && is_there;
  difference.self_stayed = was_there && is_there;
  // A record that comes or goes moves all behind it: as if it came from, or went to, behind the last.
  const std::size_t from = move.before.value_or(SIZE_MAX);
  const std::size_t to = move.after.value_or(SIZE_MAX);
  const auto at = [&ranking](std::size_t rank) {
    return rank < ranking.size() ? &ranking.at(rank) : nullptr;
  };
  if (from < to) {  // Those in between moved up by one: the first of the page out of it, another into it.
    if (from < page.skip && page.skip <= to) difference.departed = at(page.skip - 1);
    if (from < page.end() && page.end() <= to) difference.arrived = at(page.end() - 1);
  } else if (to < from) {  // Down by one.
    if (to < page.skip && page.skip <= from) difference.arrived = at(page.skip);
    if (to < page.end() && page.end() <= from) difference.departed = at(page.end());
  }
  return difference;
}

}  // namespace amps::broker

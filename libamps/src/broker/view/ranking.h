// SPDX-License-Identifier: Apache-2.0
// Records in an order, each of which can be found by its rank: what pages are cut out of (broker 8).
// A change costs about the square root of the number of records, in moves of pointers and additions.
// Threads: under the lock of the topic space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/sow/record.h"

namespace amps::broker {

// `order` sorts bytewise and is different for different records: it ends with the record's key.
struct RankedRecord {
  std::string order;
  RecordRef record;
};

class Ranking {
 public:
  std::size_t size() const noexcept { return size_; }
  // Requires: rank < size().
  const RankedRecord& at(std::size_t rank) const;
  // How many records come before that place in the order.
  std::size_t rank_of(std::string_view order) const;
  const RankedRecord* find(std::string_view order) const;  // None: it is not there.

  // Requires: no record has this order.
  void insert(std::string order, RecordRef record);
  // Requires: there is one.
  void erase(std::string_view order);
  void replace(std::string_view order, RecordRef record);

 private:
  static constexpr std::size_t kChunkMax = 512;  // Then a chunk is split.
  using Chunk = std::vector<std::unique_ptr<RankedRecord>>;

  std::size_t chunk_for(std::string_view order) const;
  static Chunk::const_iterator lower_bound(const Chunk& chunk, std::string_view order);
  const RankedRecord* locate(std::string_view order, std::size_t* chunk, std::size_t* index) const;

  std::vector<Chunk> chunks_;  // None is empty.
  std::size_t size_ = 0;
};

// Where a record stood before a change, and where it stands after it.
struct RankChange {
  std::string_view before;  // Its order; empty: it was not there.
  std::string_view after;   // Empty: it is no longer there.
};

// Ranks skip … skip + size - 1.
struct PageWindow {
  std::size_t skip = 0;
  std::size_t size = 0;

  bool contains(std::size_t rank) const noexcept { return rank >= skip && rank - skip < size; }
};

// What a change does to a page. Apart from the changed record at most one leaves it and one comes.
struct PageDifference {
  const RankedRecord* departed = nullptr;
  const RankedRecord* arrived = nullptr;
  bool self_departed = false;  // The changed record was there, and is elsewhere now, or nowhere.
  bool self_arrived = false;
  bool self_stayed = false;

  bool is_empty() const noexcept {
    return departed == nullptr && arrived == nullptr && !self_departed && !self_arrived && !self_stayed;
  }
};

// Compares a page before and after a change of the ranking.
class PageComparison {
 public:
  // Before the change.
  PageComparison(const Ranking& ranking, const PageWindow& page, const RankChange& change);
  // After it.
  PageDifference finish() const;

 private:
  const RankedRecord* other(std::size_t rank, std::string_view self) const;
  bool was_on_page(std::string_view order) const;

  const Ranking* ranking_;
  PageWindow page_;
  RankChange change_;
  const RankedRecord* first_ = nullptr;  // Of the page; none when that is the changed record.
  const RankedRecord* last_ = nullptr;
  bool self_was_there_ = false;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Records in an order, each of which can be found by its rank: what pages are cut out of (broker 8).
// A change costs about the square root of the number of records, in moves of pointers and additions.
// Threads: under the lock of the topic space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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
struct RankMove {
  std::optional<std::size_t> before;  // None: it was not there.
  std::optional<std::size_t> after;   // None: it is no longer there.
};

// Ranks skip … skip + size - 1.
struct PageWindow {
  std::size_t skip = 0;
  std::size_t size = 0;

  std::size_t end() const noexcept { return skip + size; }
  bool contains(std::size_t rank) const noexcept { return rank >= skip && rank - skip < size; }
  bool contains(const std::optional<std::size_t>& rank) const noexcept { return rank && contains(*rank); }
  friend bool operator<(const PageWindow& left, const PageWindow& right) noexcept {
    return left.skip != right.skip ? left.skip < right.skip : left.size < right.size;
  }
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

// `ranking` is after the change, which moved that record or replaced it where it was. Looks at no record but
// those that cross an edge of the page.
PageDifference page_difference(const Ranking& ranking, const PageWindow& page, const RankMove& move);

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Who waits for one of some constants in a field: found by hash. Finds a few too many where text that reads
// as a number is concerned, never too few: whoever is found has to look again.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random_hash.h"
#include "broker/expression/constant_set.h"
#include "broker/expression/placed_ids.h"
#include "broker/expression/value.h"

namespace amps::broker {

class EqualityIndex {
 public:
  using Id = PlacedIds::Id;
  struct Bucket {
    PlacedIds ids;
    std::string text;  // One of the two is the key.
    NumberKey number;
    mutable std::uint64_t asked = 0;  // The number of the question it answered last.
  };
  // One id under one constant; kept by whoever added it, at one address.
  struct Link {
    Bucket* bucket;
    PlacedIds::Place place;
  };

  // NULL and NaN equal nothing and are left out.
  void add(Id id, const std::vector<Value>& constants, std::vector<Link>* links);
  void remove(std::vector<Link>* links);
  // How many share the most popular of the constants.
  std::size_t popularity(const std::vector<Value>& constants) const noexcept;

  bool empty() const noexcept { return texts_.empty() && numbers_.empty(); }
  bool has_numbers() const noexcept { return !numbers_.empty(); }
  // `number` is what the value reads as; NULL when it is text that is no number. A constant answers one
  // question once, however often an array has it; questions are numbered from 1.
  template <typename Visit>
  void find(const Value& value, const Value& number, std::uint64_t question, const Visit& visit) const {
    if (value.is_string()) visit_all(find_text(value.text()), question, visit);
    visit_all(find_number(number), question, visit);
  }

 private:
  const Bucket* find_text(std::string_view text) const noexcept;
  const Bucket* find_number(const Value& number) const noexcept;
  template <typename Visit>
  static void visit_all(const Bucket* bucket, std::uint64_t question, const Visit& visit) {
    if (bucket == nullptr || bucket->asked == question) return;
    bucket->asked = question;
    bucket->ids.for_each(visit);
  }
  void link(Bucket* bucket, Id id, std::vector<Link>* links);

  std::unordered_map<std::string_view, std::unique_ptr<Bucket>, RandomHash> texts_;
  std::unordered_map<NumberKey, std::unique_ptr<Bucket>, NumberKeyHash> numbers_;
};

}  // namespace amps::broker

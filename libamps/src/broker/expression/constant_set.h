// SPDX-License-Identifier: Apache-2.0
// The constants of an IN list: whether a value equals one of them costs the same for two as for ten
// thousand. Equality is that of compare(): text equals a number when it reads as that number.
// Threads: any, once made. Owns: nothing; texts are those of the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/random_hash.h"
#include "broker/expression/value.h"

namespace amps::broker {

// A number such that equal numbers have equal keys: 1, 1.0 and true are one. NULL and NaN have none.
struct NumberKey {
  bool is_float = false;  // Not integral, or beyond 64 bits.
  bool is_negative = false;
  std::uint64_t bits = 0;

  friend bool operator==(const NumberKey& left, const NumberKey& right) noexcept {
    return left.bits == right.bits && left.is_float == right.is_float &&
           left.is_negative == right.is_negative;
  }
};
struct NumberKeyHash {
  std::size_t operator()(const NumberKey& key) const noexcept;
};
// `number` is not a string. False: NULL or NaN.
bool number_key(const Value& number, NumberKey* out) noexcept;

class ConstantSet {
 public:
  explicit ConstantSet(const std::vector<Value>& constants);
  bool contains(const Value& value) const noexcept;

 private:
  std::unordered_set<std::string_view, RandomHash> strings_;
  std::unordered_set<NumberKey, NumberKeyHash> numbers_;
  std::unordered_set<NumberKey, NumberKeyHash> numbers_in_strings_;  // '47', for values that are numbers.
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Who waits for a field to lie within bounds: found in sorted order. Finds a few too many (open ends count
// as closed, integers are rounded), never too few: whoever is found has to look again.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <string>

#include "broker/expression/interval_set.h"
#include "broker/expression/value.h"

namespace amps::broker {

class RangeIndex {
 public:
  using Id = std::uint32_t;
  // Where one id stands; kept by whoever added it, at one address.
  struct Link {
    bool is_text = false;
    IntervalSet<double>::Place number_place = 0;
    IntervalSet<std::string>::Place text_place = 0;
  };

  // NULL is no bound. False, and nothing is added, when a bound cannot be indexed: NaN, or none at all.
  // Bounds of two kinds, a number and text, leave the upper one out.
  bool add(Id id, const Value& low, const Value& high, Link* link);
  void remove(const Link& link);
  bool empty() const noexcept { return numbers_.empty() && texts_.empty(); }
  std::size_t size() const noexcept { return numbers_.size() + texts_.size(); }

  // All elements of one field together: bounds may be met by different ones.
  template <typename Visit>
  void find(ValueSpan values, const Visit& visit) {
    const Extent extent = measure(values);
    if (extent.has_number) numbers_.find(extent.lowest, extent.highest, visit);
    if (texts_.empty()) return;
    if (extent.has_text_kind && extent.has_number_kind) {
      texts_.for_each(visit);
    } else if (extent.has_number_kind) {
      texts_as_numbers_.find(extent.lowest, extent.highest, visit);
    } else if (extent.has_text_kind) {
      texts_.find(extent.first, extent.last, visit);
    }
  }

 private:
  struct Extent {
    bool has_number = false;                 // lowest and highest are known.
    bool has_number_kind = false;            // Some element is a number,
    bool has_text_kind = false;              // some is text.
    double lowest = 0, highest = 0;          // Text that is no number is above all numbers.
    std::string_view first = {}, last = {};  // Of the texts, bytewise.
  };
  static Extent measure(ValueSpan values) noexcept;

  IntervalSet<double> numbers_;           // Bounds that are numbers.
  IntervalSet<std::string> texts_;        // Bounds that are text, as text,
  IntervalSet<double> texts_as_numbers_;  // and as they compare to numbers.
};

}  // namespace amps::broker

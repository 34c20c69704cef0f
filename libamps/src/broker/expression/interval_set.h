// SPDX-License-Identifier: Apache-2.0
// Closed intervals that come and go, and the question which of them a value lies in. The answer costs the
// logarithm of their number and what is found; adding and removing cost little even when questions are
// asked in between: what is new waits in a short tail, which is looked through, until it is worth sorting.
// Threads: one at a time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace amps::broker {

template <typename Key>
class IntervalSet {
 public:
  using Id = std::uint32_t;
  using Place = std::uint32_t;

  // No key is no bound. Where the interval stands is kept in `*at`, which outlives it here.
  // Requires: keys are ordered by `<`.
  void add(Id id, std::optional<Key> low, std::optional<Key> high, Place* at) {
    *at = static_cast<Place>(intervals_.size());
    intervals_.push_back({std::move(low), std::move(high), at, id, false});
    ++count_;
  }

  void remove(Place place) {
    --count_;
    if (place < sorted_) {
      intervals_[place].dead = true;
      if (++dead_ * 2 > sorted_) sort();
      return;
    }
    if (place + 1 != intervals_.size()) {
      intervals_[place] = std::move(intervals_.back());
      *intervals_[place].at = place;
    }
    intervals_.pop_back();
  }

  bool empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept { return count_; }

  // Calls visit(id) for each interval that has a point between `first` and `last` in common with them.
  template <typename Point, typename Visit>
  void find(const Point& first, const Point& last, const Visit& visit) {
    if (intervals_.size() - sorted_ > tail_max()) sort();
    find_sorted(0, sorted_, first, last, visit);
    for (std::size_t i = sorted_; i < intervals_.size(); ++i) {
      const Interval& interval = intervals_[i];
      if (!begins_after(interval, last) && !ends_before(interval.high, first)) visit(interval.id);
    }
  }

  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const Interval& interval : intervals_) {
      if (!interval.dead) visit(interval.id);
    }
  }

 private:
  struct Interval {
    std::optional<Key> low, high;
    Place* at;  // Never touched once dead.
    Id id;
    bool dead;
  };

  // Sorting the whole is paid for by as many additions as the tail may hold.
  std::size_t tail_max() const noexcept {
    return 64 + 4 * static_cast<std::size_t>(std::sqrt(static_cast<double>(sorted_)));
  }
  template <typename Point>
  static bool begins_after(const Interval& interval, const Point& last) {
    return interval.low && last < *interval.low;
  }
  template <typename Point>
  static bool ends_before(const std::optional<Key>& high, const Point& first) {
    return high && *high < first;
  }
  static bool is_lower(const std::optional<Key>& left, const std::optional<Key>& right) {
    return !left ? right.has_value() : right && *left < *right;
  }

  void sort() {
    const auto is_dead = [](const Interval& interval) { return interval.dead; };
    intervals_.erase(std::remove_if(intervals_.begin(), intervals_.end(), is_dead), intervals_.end());
    const auto by_low = [](const Interval& left, const Interval& right) {
      return is_lower(left.low, right.low);
    };
    const auto tail = intervals_.begin() + static_cast<std::ptrdiff_t>(sorted_ - dead_);
    std::sort(tail, intervals_.end(), by_low);
    std::inplace_merge(intervals_.begin(), tail, intervals_.end(), by_low);
    sorted_ = intervals_.size();
    dead_ = 0;
    for (std::size_t i = 0; i < sorted_; ++i) *intervals_[i].at = static_cast<Place>(i);
    highest_.resize(sorted_);
    if (sorted_ != 0) measure(0, sorted_);
  }

  // The sorted intervals are a balanced tree whose root is in the middle; `highest_` says of each the place
  // of the highest end in its subtree. Requires: begin != end.
  std::size_t measure(std::size_t begin, std::size_t end) {
    const std::size_t middle = begin + (end - begin) / 2;
    std::size_t highest = middle;
    const auto consider = [&](std::size_t from, std::size_t to) {
      if (from == to) return;
      const std::size_t other = measure(from, to);
      const auto& best = intervals_[highest].high;
      const auto& found = intervals_[other].high;
      if (best && (!found || *best < *found)) highest = other;
    };
    consider(begin, middle);
    consider(middle + 1, end);
    highest_[middle] = static_cast<Place>(highest);
    return highest;
  }

  template <typename Point, typename Visit>
  void find_sorted(std::size_t begin, std::size_t end, const Point& first, const Point& last,
                   const Visit& visit) const {
    while (begin != end) {
      const std::size_t middle = begin + (end - begin) / 2;
      if (ends_before(intervals_[highest_[middle]].high, first)) return;
      find_sorted(begin, middle, first, last, visit);
      const Interval& interval = intervals_[middle];
      if (begins_after(interval, last)) return;
      if (!interval.dead && !ends_before(interval.high, first)) visit(interval.id);
      begin = middle + 1;
    }
  }

  std::vector<Interval> intervals_;  // `sorted_` by their low ends, then the tail.
  std::vector<Place> highest_;
  std::size_t sorted_ = 0;
  std::size_t dead_ = 0;  // Among the sorted.
  std::size_t count_ = 0;
};

}  // namespace amps::broker

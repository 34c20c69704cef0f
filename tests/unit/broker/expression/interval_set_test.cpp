// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/interval_set.h"

#include <doctest/doctest.h>

#include <deque>
#include <random>
#include <string>
#include <vector>

using amps::broker::IntervalSet;

namespace {

template <typename Key>
std::vector<std::uint32_t> found(IntervalSet<Key>& set, const Key& first, const Key& last) {
  std::vector<std::uint32_t> ids;
  set.find(first, last, [&](std::uint32_t id) { ids.push_back(id); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

struct Interval {
  std::optional<int> low, high;
  IntervalSet<int>::Place place = 0;
  bool present = false;
};

}  // namespace

TEST_CASE("a value is in the intervals that hold it, ends included") {
  IntervalSet<std::string> set;
  IntervalSet<std::string>::Place places[3];
  set.add(7, "b", "d", &places[0]);
  set.add(8, "d", std::nullopt, &places[1]);
  set.add(9, std::nullopt, "c", &places[2]);
  using Ids = std::vector<std::uint32_t>;
  CHECK(found<std::string>(set, "a", "a") == Ids{9});
  CHECK(found<std::string>(set, "c", "c") == Ids{7, 9});
  CHECK(found<std::string>(set, "d", "d") == Ids{7, 8});
  CHECK(found<std::string>(set, "z", "z") == Ids{8});
  CHECK(found<std::string>(set, "a", "z") == Ids{7, 8, 9});
  set.remove(places[0]);
  CHECK(found<std::string>(set, "c", "c") == Ids{9});
}

TEST_CASE("thousands of intervals that come and go are found as by looking at all") {
  std::mt19937 random(5);
  const auto pick = [&](int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); };
  std::deque<Interval> intervals(3000);
  IntervalSet<int> set;
  std::size_t count = 0;
  for (int step = 0; step < 20'000; ++step) {
    const auto id = static_cast<std::uint32_t>(pick(3000));
    Interval& interval = intervals[id];
    if (interval.present) {
      set.remove(interval.place);
      --count;
    } else {
      interval.low = interval.high = std::nullopt;
      if (pick(4) != 0) interval.low = pick(1000);
      if (pick(4) != 0) interval.high = interval.low.value_or(0) + pick(100);
      set.add(id, interval.low, interval.high, &interval.place);
      ++count;
    }
    interval.present = !interval.present;
    if (step % 40 != 0) continue;
    const int first = pick(1000);
    const int last = first + (pick(2) == 0 ? 0 : pick(50));
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < intervals.size(); ++i) {
      const Interval& one = intervals[i];
      if (one.present && !(one.low && last < *one.low) && !(one.high && *one.high < first)) {
        expected.push_back(i);
      }
    }
    REQUIRE(found(set, first, last) == expected);
    REQUIRE(set.size() == count);
  }
}

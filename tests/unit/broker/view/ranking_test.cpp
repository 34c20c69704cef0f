// SPDX-License-Identifier: Apache-2.0
#include "broker/view/ranking.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace amps::broker;

namespace {

RecordRef record_of(const std::string& key) {
  Record::Parts parts;
  parts.key = key;
  return Record::make(parts);
}

// The page as somebody would read it off a sorted list.
std::vector<std::string> page_of(const std::set<std::string>& orders, const PageWindow& page) {
  std::vector<std::string> all(orders.begin(), orders.end());
  const auto from = all.begin() + static_cast<std::ptrdiff_t>(std::min(page.skip, all.size()));
  const auto to =
      from + static_cast<std::ptrdiff_t>(std::min(page.size, static_cast<std::size_t>(all.end() - from)));
  return {from, to};
}

std::vector<std::string> without(const std::vector<std::string>& from, const std::vector<std::string>& what,
                                 const std::string& self) {
  std::vector<std::string> left;
  for (const std::string& one : from) {
    if (one != self && std::find(what.begin(), what.end(), one) == what.end()) left.push_back(one);
  }
  return left;
}

bool has(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace

TEST_CASE("records are found by rank and by order, over many chunks") {
  Ranking ranking;
  std::vector<int> numbers(5000);
  for (int i = 0; i < 5000; ++i) numbers[static_cast<std::size_t>(i)] = 10'000 + i;
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937(7));
  for (const int number : numbers) ranking.insert(std::to_string(number), record_of("k"));
  REQUIRE(ranking.size() == 5000);
  for (std::size_t rank = 0; rank < 5000; rank += 7) {
    const std::string order = std::to_string(10'000 + rank);
    CHECK(ranking.at(rank).order == order);
    CHECK(ranking.rank_of(order) == rank);
    CHECK(ranking.find(order) != nullptr);
  }
  CHECK(ranking.rank_of("0") == 0);
  CHECK(ranking.rank_of("9") == 5000);
  CHECK(ranking.find("10000x") == nullptr);
  for (const int number : numbers) ranking.erase(std::to_string(number));
  CHECK(ranking.size() == 0);
  CHECK(ranking.rank_of("5") == 0);
}

TEST_CASE("replacing a record keeps its place") {
  Ranking ranking;
  ranking.insert("a", record_of("old"));
  ranking.replace("a", record_of("new"));
  CHECK(ranking.at(0).record->key() == "new");
}

TEST_CASE("PAG-02: what a change does to a page is the difference of two lists") {
  std::mt19937 random(3);
  const auto pick = [&](int last) { return static_cast<int>(random() % static_cast<unsigned>(last + 1)); };
  for (int round = 0; round < 3000; ++round) {
    Ranking ranking;
    std::set<std::string> orders;
    const PageWindow page{static_cast<std::size_t>(pick(4)), static_cast<std::size_t>(pick(4))};
    for (int step = 0; step < 30; ++step) {
      const std::string some = std::to_string(100 + pick(14));
      const std::string before = orders.count(some) != 0 ? some : std::string();
      std::string after = before.empty() || pick(2) != 0 ? std::to_string(100 + pick(14)) : std::string();
      if (after != before && orders.count(after) != 0) after = before;
      const std::vector<std::string> old_page = page_of(orders, page);
      RankMove move;
      if (!before.empty()) move.before = ranking.rank_of(before);
      if (before == after && !before.empty()) {
        ranking.replace(before, record_of("k"));
      } else {
        if (!before.empty()) ranking.erase(before);
        if (!after.empty()) ranking.insert(after, record_of("k"));
      }
      if (!after.empty()) move.after = ranking.rank_of(after);
      orders.erase(before);
      if (!after.empty()) orders.insert(after);
      const std::vector<std::string> new_page = page_of(orders, page);
      const PageDifference difference = page_difference(ranking, page, move);

      const bool was = !before.empty() && has(old_page, before);
      const bool is = !after.empty() && has(new_page, after);
      REQUIRE(difference.self_departed == (was && !is));
      REQUIRE(difference.self_arrived == (!was && is));
      REQUIRE(difference.self_stayed == (was && is));
      const auto departed = without(old_page, new_page, before);
      const auto arrived = without(new_page, old_page, after);
      REQUIRE(departed.size() <= 1);
      REQUIRE(arrived.size() <= 1);
      REQUIRE((difference.departed == nullptr ? "" : difference.departed->order) ==
              (departed.empty() ? "" : departed[0]));
      REQUIRE((difference.arrived == nullptr ? "" : difference.arrived->order) ==
              (arrived.empty() ? "" : arrived[0]));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// The records of a topic that match a filter, in an order: one for all pages that are cut out of it
// (broker 8). It follows the topic and tells every page what a change does to it, which is worked out once
// for all pages of one window.
// Threads: under the lock of the topic space.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random_hash.h"
#include "base/status.h"
#include "broker/change.h"
#include "broker/filter.h"
#include "broker/sow/order_by.h"
#include "broker/topic.h"
#include "broker/view/ranking.h"

namespace amps::broker {

// A page of a ranked topic.
class Page {
 public:
  virtual ~Page() = default;
  virtual const PageWindow& window() const noexcept = 0;
  // `difference` is not empty. Views die with the call.
  virtual void on_difference(const PageDifference& difference, const Change& change) = 0;
};

class RankedTopic final : public TopicObserver {
 public:
  // Ranks what the topic has. Requires: it has records. `filter` may be none.
  RankedTopic(Topic* topic, std::unique_ptr<Filter> filter, OrderBy order);
  ~RankedTopic() override;
  RankedTopic(const RankedTopic&) = delete;
  RankedTopic& operator=(const RankedTopic&) = delete;

  const Ranking& ranking() const noexcept { return ranking_; }
  void add(Page* page) { pages_[page->window()].push_back(page); }
  void remove(const Page* page);
  bool has_pages() const noexcept { return !pages_.empty(); }

  void on_change(const Change& change) override;

 private:
  bool wants(std::string_view body) const;
  void insert(const RecordRef& record);
  RankMove move(const Change& change, const std::string& before, const std::string& after);

  Topic& topic_;
  const std::unique_ptr<Filter> filter_;
  OrderBy order_;
  Ranking ranking_;
  std::unordered_map<std::string, std::string, RandomHash> orders_;  // Of the records, by key.
  std::map<PageWindow, std::vector<Page*>> pages_;                   // None is empty.
  std::string after_;
};

}  // namespace amps::broker

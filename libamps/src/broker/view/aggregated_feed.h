// SPDX-License-Identifier: Apache-2.0
// A subscription to groups of a topic's records: a view that one client has to itself (broker 7.1).
// Threads: under the lock of the topic space, inside a block.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/change.h"
#include "broker/filter.h"
#include "broker/subscription_feed.h"
#include "broker/topic_space.h"
#include "broker/view/aggregation.h"
#include "broker/view/derived_topic.h"
#include "broker/view/view_plan.h"

namespace amps::broker {

// Adds up records of a topic that match a filter; results are records of their own.
std::vector<RecordRef> aggregate_records(const ViewPlan& plan, std::string_view topic, const Filter* filter,
                                         const std::vector<RecordRef>& records, std::uint64_t now_us);

class AggregatedFeed final : public SubscriptionFeed, TopicObserver, Aggregation::Output {
 public:
  // `filter` is of source records; none: all.
  AggregatedFeed(TopicSpace* space, Topic* source, std::unique_ptr<ViewPlan> plan,
                 std::unique_ptr<Filter> filter);
  ~AggregatedFeed() override;

  void enter(const Subscription* subscription) override;
  void leave() override;
  std::vector<RecordRef> records() override;

 private:
  void on_change(const Change& change) override;
  void put_group(std::string_view identity, std::string_view body) override;
  void remove_group(std::string_view identity) override;
  void apply(std::string_view key, const RecordRef& record, Aggregation::Output* output);

  TopicSpace& space_;
  Topic& source_;
  const std::unique_ptr<ViewPlan> plan_;
  const std::unique_ptr<Filter> filter_;
  Aggregation aggregation_;
  Topic results_;  // Nobody else subscribes to it, and no pattern matches it.
  DerivedTopic* records_ = nullptr;
};

}  // namespace amps::broker

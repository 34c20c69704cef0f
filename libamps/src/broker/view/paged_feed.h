// SPDX-License-Identifier: Apache-2.0
// A paginated subscription: it sees the records ranked skip_n + 1 to skip_n + top_n as if they were the
// whole topic (broker 8). Pages with the same topic, filter and order share one ranking.
// Threads: under the lock of the topic space, inside a block.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "broker/subscription_feed.h"
#include "broker/topic_space.h"
#include "broker/view/ranked_topic.h"

namespace amps::broker {

class PagedFeed final : public SubscriptionFeed, Page {
 public:
  struct Definition {
    std::unique_ptr<Filter> filter;  // None: every record.
    OrderBy order;
    std::string share;  // Equal for equal filters and orders.
    PageWindow window;
  };
  // Requires: the topic has records.
  PagedFeed(TopicSpace* space, Topic* topic, Definition definition);

  void enter(const Subscription* subscription) override;
  void leave() override;
  std::vector<RecordRef> records() override;

 private:
  const PageWindow& window() const noexcept override { return definition_.window; }
  void on_difference(const PageDifference& difference, const Change& change) override;
  void send(std::string_view command, Delivery delivery, bool is_delta = false);
  void send_record(const RankedRecord& ranked);
  void send_change(const Change& change, bool is_update);
  void send_departure(const Change& change);

  TopicSpace& space_;
  Topic& topic_;
  Definition definition_;
  std::shared_ptr<RankedTopic> ranked_;  // With the other pages of its kind, while it is entered.
  const Subscription* subscription_ = nullptr;
  Buffer scratch_;
  Document document_;  // For select lists.
  Buffer selected_;
  std::string difference_;
};

}  // namespace amps::broker

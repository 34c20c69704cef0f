// SPDX-License-Identifier: Apache-2.0
#include "broker/view/ranked_topic.h"

#include <doctest/doctest.h>

#include <string>

#include "broker/topic_space.h"
#include "broker/view/derived_topic.h"

using namespace amps::broker;

namespace {

struct Fixture {
  amps::ManualClock clock;
  Statistics statistics;
  TopicSpace space{"json", clock, &statistics};
  DerivedTopic* records = nullptr;
  Topic* topic = nullptr;

  Fixture() {
    amps::MutexLock lock(space.mutex());
    REQUIRE(DerivedTopic::declare(&space, "t", &records).ok());
    topic = space.find("t");
    space.begin_block(0);
  }
  void put(const std::string& key, int number) {
    amps::MutexLock lock(space.mutex());
    REQUIRE(records->put({key, key, "{\"n\":" + std::to_string(number) + "}", {}}).ok());
  }
  void remove(const std::string& key) {
    amps::MutexLock lock(space.mutex());
    records->remove(key);
  }
  static std::string keys(const RankedTopic& ranked) {
    std::string text;
    for (std::size_t rank = 0; rank < ranked.ranking().size(); ++rank)
      text += ranked.ranking().at(rank).record->key();
    return text;
  }
};

struct CountingPage final : Page {
  explicit CountingPage(PageWindow page) : page_(page) {}
  const PageWindow& window() const noexcept override { return page_; }
  void on_difference(const PageDifference&, const Change&) override { ++count; }
  int count = 0;

 private:
  const PageWindow page_;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a ranking begins with what is there and follows changes that match") {
  put("a", 3);
  put("b", 1);
  std::unique_ptr<Filter> filter;
  REQUIRE(Filter::compile("/n < 9", find_message_format("json"), {}, &filter).ok());
  OrderBy order;
  REQUIRE(OrderBy::parse("/n", find_message_format("json"), &order).ok());
  {
    RankedTopic ranked(topic, std::move(filter), std::move(order));
    CHECK(keys(ranked) == "ba");
    put("c", 2);
    CHECK(keys(ranked) == "bca");
    put("b", 9);
    CHECK(keys(ranked) == "ca");
    put("b", 8);
    CHECK(keys(ranked) == "cab");
    remove("c");
    CHECK(keys(ranked) == "ab");
    remove("nobody");
    CountingPage first({0, 1});
    CountingPage second({1, 1});
    ranked.add(&first);
    ranked.add(&second);
    put("b", 7);
    CHECK(first.count == 0);
    CHECK(second.count == 1);
    ranked.remove(&first);
    put("a", 8);
    CHECK(second.count == 2);
    ranked.remove(&second);
    CHECK_FALSE(ranked.has_pages());
  }
  CHECK(topic->observers.empty());
}

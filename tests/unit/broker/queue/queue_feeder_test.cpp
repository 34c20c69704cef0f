// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_feeder.h"

#include <atomic>
#include <memory>
#include <numeric>

#include "queue_topic_fixture.h"

using namespace queue_tests;

namespace {

// What the thread of the feeder is asked to look at while it reads.
struct Watch {
  std::atomic<bool> is_on{true};
  std::atomic<std::uint64_t> oldest{1};
  std::atomic<std::uint64_t> wrongly_given_up{0};
};

}  // namespace

TEST_CASE_FIXTURE(QueueTopicFixture, "QUE-44: several queues over one topic each have every message") {
  configure("first", "in");
  configure("second", "in").rules.subscription_backlog_max = 9;
  start();
  subscribe("first", "s1");
  subscribe("second", "s2", 9);
  journal->publish("in", "a");
  journal->publish("in", "b");
  REQUIRE(becomes([this] { return depth("first") == 2 && depth("second") == 2; }));
  ack("second", {1, 2});
  CHECK(depth("first") == 2);
  CHECK(depth("second") == 0);
}

TEST_CASE_FIXTURE(QueueTopicFixture,
                  "QUE-32: a queue at its depth leaves the rest in the log, and misses nothing") {
  QueueConfiguration& configuration = configure("deep", "in");
  configuration.target_depth = 100;
  configuration.rules.subscription_backlog_max = 1000;
  configure("beside", "in");
  start();
  for (int i = 0; i < 5000; ++i) journal->publish("in", std::to_string(i));
  REQUIRE(becomes([this] { return depth("beside") == 5000; }));
  CHECK(depth("deep") == 100);
  subscribe("deep", "s1", 1000);
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    expected += "s1:" + std::to_string(i) + " ";
    if (i % 100 != 99) continue;
    REQUIRE(receives(expected));
    expected.clear();
    std::vector<std::uint64_t> sequences;
    for (int j = i - 99; j <= i; ++j) sequences.push_back(static_cast<std::uint64_t>(j + 1));
    CHECK(ack("deep", sequences).settled == 100);
  }
  CHECK(depth("deep") == 0);
  journal->publish("in", "live");
  CHECK(receives("s1:live "));
}

TEST_CASE_FIXTURE(QueueTopicFixture,
                  "QUE-34: what is settled stays out when a full queue reads on in the log") {
  QueueConfiguration& configuration = configure("deep", "in");
  configuration.target_depth = 10;
  start();
  for (int i = 1; i <= 100; ++i) journal->publish("in", std::to_string(i));
  REQUIRE(becomes([this] { return depth("deep") == 10; }));
  ack("deep", {2, 4, 6, 8, 10, 50, 90});  // 50 and 90 are not active, so these are early.
  restart();
  subscribe("deep", "s1");
  std::string got;
  for (int i = 1; i <= 100; ++i) {
    if (i == 50 || i == 90 || (i <= 10 && i % 2 == 0)) continue;
    REQUIRE(receives("s1:" + std::to_string(i) + " "));
    ack("deep", {static_cast<std::uint64_t>(i)});
  }
  CHECK(depth("deep") == 0);
}

TEST_CASE_FIXTURE(QueueTopicFixture, "QUE-26: a pattern as underlying topic takes every topic it matches") {
  QueueConfiguration& configuration = configure("all", "orders_.*");
  configuration.publish_target = "orders_new";
  configuration.rules.subscription_backlog_max = 9;
  start();
  subscribe("all", "s1", 9);
  journal->publish("orders_eu", "a");
  journal->publish("quotes", "b");
  journal->publish("orders_us", "c");
  CHECK(receives("s1:a s1:c "));
}

TEST_CASE_FIXTURE(QueueTopicFixture, "QUE-34: what was read and is not yet in its queue is not removed") {
  configure("jobs", "in");
  configure("other", "elsewhere");
  start();
  // On the thread of the feeder, while it has read some records of a turn and no queue has any of them.
  const auto watch = std::make_shared<Watch>();  // The feeder's thread outlives this function.
  journal->commits_at_once = false;
  journal->on_read = [this, watch](std::uint64_t reading) {
    if (!watch->is_on) return;
    // Nobody has settled anything, so everything is needed.
    if (reading > 1 && journal->holds[0]->oldest_needed_txid() > 1) watch->wrongly_given_up = reading;
  };
  for (int i = 0; i < 5000; ++i) journal->publish("in", std::to_string(i));
  journal->commit();
  REQUIRE(becomes([this] { return depth("jobs") == 5000; }));
  CHECK(watch->wrongly_given_up == 0);
  watch->is_on = false;
  // What nobody waits for may go, also when the last records were for another queue.
  std::vector<std::uint64_t> all(5000);
  std::iota(all.begin(), all.end(), 1);
  journal->commits_at_once = true;
  ack("jobs", all);
  journal->publish("nowhere", "last");
  CHECK(becomes([this] { return journal->holds[0]->oldest_needed_txid() == journal->count() + 1; }));
}

TEST_CASE_FIXTURE(QueueTopicFixture, "QUE-32 QUE-34: what a full queue has left in the log is not removed") {
  QueueConfiguration& configuration = configure("deep", "in");
  configuration.target_depth = 10;
  configure("beside", "in");
  journal->publish("in", "1");
  for (int i = 2; i <= 3000; ++i) journal->publish("in", std::to_string(i));
  // The oldest that is not settled in "deep", or about to be.
  const auto watch = std::make_shared<Watch>();
  journal->on_read = [this, watch](std::uint64_t) {
    if (journal->holds.empty()) return;
    const std::uint64_t needed = journal->holds[0]->oldest_needed_txid();
    if (needed > watch->oldest) watch->wrongly_given_up = needed;  // It only grows, so it was no less before.
  };
  start();
  std::vector<std::uint64_t> all(3000);
  std::iota(all.begin(), all.end(), 1);
  REQUIRE(becomes([this] { return depth("beside") == 3000; }));
  ack("beside", all);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    REQUIRE(becomes([this] { return depth("deep") > 0; }));
    // Never more, and soon not less: the feeder says what it has done a moment later.
    CHECK(journal->holds[0]->oldest_needed_txid() <= i);
    REQUIRE(becomes([&] { return journal->holds[0]->oldest_needed_txid() == i; }));
    watch->oldest = i + 1;
    ack("deep", {i});
  }
  CHECK(watch->wrongly_given_up == 0);
}

TEST_CASE_FIXTURE(QueueTopicFixture, "EMB-08: who waits for the queues sees what the log has, not before") {
  configure("jobs", "in");
  start();
  journal->commits_at_once = false;
  journal->publish("in", "a");
  const auto now = [] { return std::chrono::steady_clock::now(); };
  CHECK_FALSE(queues->wait_until_fed(1, now()));
  journal->commit();
  CHECK(queues->wait_until_fed(1, now() + raw::kWait));
  CHECK(depth("jobs") == 1);
  CHECK(queues->wait_until_fed(1, now() + raw::kWait));  // Also when there is nothing to do.
}

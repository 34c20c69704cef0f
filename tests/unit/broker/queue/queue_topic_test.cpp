// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_topic.h"

#include <algorithm>
#include <set>

#include "queue_topic_fixture.h"

using namespace queue_tests;

namespace {

struct OneQueue : QueueTopicFixture {
  QueueConfiguration& jobs = configure("jobs", "jobs_in");

  // As the command does it; between looks and acks, `meanwhile` happens.
  std::uint64_t ack_matching(
      const Filter& filter, std::size_t count = 100,
      const std::function<void(int look)>& meanwhile = [](int) {}) {
    QueueTopic& topic = queue("jobs");
    std::uint64_t settled = 0;
    std::unique_ptr<QueueWalk> walk;
    std::vector<QueueTopic::Sighting> seen(1);
    for (int look = 0; !seen.empty(); ++look) {
      {
        amps::MutexLock lock(space().mutex());
        space().begin_block(clock.steady_ms());
        if (walk == nullptr) walk = topic.walk();
        topic.look(walk.get(), count, &seen);
      }
      meanwhile(look);
      std::vector<BookmarkId> ids;
      for (const QueueTopic::Sighting& message : seen) {
        if (filter.matches(message.facts(), message.record->body())) ids.push_back(message.id);
      }
      amps::MutexLock lock(space().mutex());
      space().begin_block(clock.steady_ms());
      settled += topic.acknowledge_seen(ids, &outbox);
      if (seen.empty()) walk.reset();
    }
    journal->end_block();
    return settled;
  }
};

}  // namespace

TEST_CASE_FIXTURE(OneQueue,
                  "QUE-25: what is published to the underlying topic comes under the queue's name") {
  start();
  subscribe("jobs", "s1");
  journal->publish("jobs_in", "a");
  journal->publish("other", "x");
  REQUIRE(receives("s1:a "));
  CHECK(frames[0].get("t") == "jobs");
  CHECK(frames[0].get("bm") == "7|1|");
  CHECK_FALSE(frames[0].has("lp"));
}

TEST_CASE_FIXTURE(OneQueue, "QUE-38: a lease with an end says when, in UTC") {
  jobs.rules.lease_us = 2'500'000;
  start();
  subscribe("jobs", "s1");
  journal->publish("jobs_in", "a");
  REQUIRE(receives("s1:a "));
  CHECK(frames[0].get("lp") == "20231114T221322.500000Z");
  advance_ms(2500);
  REQUIRE(receives("s1:a "));
  CHECK(frames[1].get("lp") == "20231114T221325.000000Z");
}

TEST_CASE_FIXTURE(OneQueue, "a message is delivered when it is durable, not before") {
  start();
  subscribe("jobs", "s1");
  journal->commits_at_once = false;
  journal->publish("jobs_in", "a");
  CHECK(received().empty());
  journal->commit();
  CHECK(receives("s1:a "));
}

TEST_CASE_FIXTURE(OneQueue, "QUE-02, QUE-34: what was acknowledged does not come again after a restart") {
  start();
  subscribe("jobs", "s1", 1);
  for (const char* body : {"a", "b", "c"}) journal->publish("jobs_in", body);
  REQUIRE(receives("s1:a "));
  REQUIRE(becomes([this] { return depth("jobs") == 3; }));
  CHECK(ack("jobs", {1, 3}).settled == 2);
  REQUIRE(receives("s1:b "));
  restart();
  subscribe("jobs", "s2", 5);
  CHECK(receives("s2:b "));  // Its lease ended with the broker.
  CHECK(depth("jobs") == 1);
}

TEST_CASE_FIXTURE(OneQueue, "QUE-34: an ack that did not reach the disk is forgotten by a restart") {
  start();
  subscribe("jobs", "s1");
  journal->publish("jobs_in", "a");
  REQUIRE(receives("s1:a "));
  journal->refusal = amps::Status(AMPS_E_STORE, "disk full");
  CHECK(ack("jobs", {1}).settled == 1);
  CHECK(depth("jobs") == 0);
  queues.reset();
  journal->refusal = {};
  restart();
  CHECK(depth("jobs") == 1);
}

TEST_CASE_FIXTURE(OneQueue, "what the log could not take at first is written when it can") {
  start();
  subscribe("jobs", "s1");
  journal->publish("jobs_in", "a");
  REQUIRE(receives("s1:a "));
  journal->refusal = amps::Status(AMPS_E_STORE, "disk full");
  ack("jobs", {1});
  journal->refusal = {};
  advance_ms(1);
  restart();
  CHECK(depth("jobs") == 0);
}

TEST_CASE_FIXTURE(OneQueue, "QUE-03: at most once sends a message when its removal is durable") {
  jobs.rules.semantics = QueueSemantics::kAtMostOnce;
  jobs.rules.fairness = FairnessModel::kRoundRobin;
  start();
  subscribe("jobs", "s1");
  journal->commits_at_once = false;
  journal->publish("jobs_in", "a");
  journal->commit();
  REQUIRE(becomes([this] { return journal->count() == 2; }));  // The removal is written …
  CHECK(received().empty());                                   // … and nothing sent.
  journal->commit();
  CHECK(receives("s1:a "));
  restart();
  CHECK(depth("jobs") == 0);
}

TEST_CASE_FIXTURE(OneQueue, "QUE-03: at most once loses a message rather than send it twice") {
  jobs.rules.semantics = QueueSemantics::kAtMostOnce;
  jobs.rules.fairness = FairnessModel::kRoundRobin;
  start();
  Subscription* const first = subscribe("jobs", "s1");
  journal->commits_at_once = false;
  journal->publish("jobs_in", "a");
  journal->commit();
  REQUIRE(becomes([this] { return journal->count() == 2; }));
  unsubscribe(first);
  subscribe("jobs", "s2");
  journal->commit();
  journal->commits_at_once = true;
  journal->publish("jobs_in", "b");
  CHECK(receives("s2:b "));
}

TEST_CASE_FIXTURE(OneQueue, "QUE-18: consumers with the same filter share it, and either may go") {
  jobs.rules.subscription_backlog_max = 10;
  start();
  Subscription* const first = subscribe("jobs", "s1", 1, "/n % 2 = 0");
  subscribe("jobs", "s2", 1, "/n % 2 = 0");
  subscribe("jobs", "s3", 9, "/n % 2 = 1");
  for (int n = 1; n <= 5; ++n) journal->publish("jobs_in", "{\"n\":" + std::to_string(n) + "}");
  REQUIRE(receives("s3:{\"n\":1} s1:{\"n\":2} s3:{\"n\":3} s2:{\"n\":4} s3:{\"n\":5} "));
  unsubscribe(first);
  CHECK(received().empty());
  ack("jobs", {4});
  CHECK(receives("s2:{\"n\":2} "));
}

TEST_CASE_FIXTURE(OneQueue, "QUE-24: an ack by filter removes what matches, leased or not") {
  start();
  subscribe("jobs", "s1");
  for (const char* body : {R"({"c":"red"})", R"({"c":"red"})", R"({"c":"blue"})", R"({"c":"red"})"}) {
    journal->publish("jobs_in", body);
  }
  REQUIRE(receives("s1:{\"c\":\"red\"} "));
  REQUIRE(becomes([this] { return depth("jobs") == 4; }));
  const std::unique_ptr<Filter> red = compile("/c = 'red' AND TOPIC_NAME() = 'jobs_in'");
  CHECK(ack_matching(*red) == 3);
  CHECK(receives("s1:{\"c\":\"blue\"} "));
}

TEST_CASE_FIXTURE(OneQueue, "QUE-24: between two looks of an ack by filter the queue goes on as ever") {
  start();
  subscribe("jobs", "s1", 1);
  for (int n = 1; n <= 6; ++n) journal->publish("jobs_in", "{\"n\":" + std::to_string(n) + "}");
  REQUIRE(becomes([this] { return depth("jobs") == 6; }));
  REQUIRE(receives("s1:{\"n\":1} "));
  const std::unique_ptr<Filter> low = compile("/n < 4");
  const std::uint64_t settled = ack_matching(*low, 2, [&](int look) {
    if (look == 0) ack("jobs", {2});  // It was seen; its consumer is faster.
    if (look == 1) journal->publish("jobs_in", R"({"n":0})");
    if (look == 1) CHECK(becomes([this] { return depth("jobs") == 5; }));
  });
  CHECK(settled == 2);  // 1 and 3.
  CHECK(receives("s1:{\"n\":3} s1:{\"n\":4} "));
  // What came later stays, and an ack that came too late is not kept for a message to come.
  CHECK(depth("jobs") == 4);
  QueueTopic& topic = queue("jobs");
  amps::MutexLock lock(space().mutex());
  CHECK(topic.state().deferred_ack_count() == 0);
}

TEST_CASE_FIXTURE(OneQueue,
                  "QUE-23: browsing shows what is available, in the order of delivery, and takes nothing") {
  start();
  subscribe("jobs", "s1");
  for (const char* body : {"a", "b", "c"}) journal->publish("jobs_in", body);
  REQUIRE(receives("s1:a "));
  REQUIRE(becomes([this] { return depth("jobs") == 3; }));
  QueueTopic& topic = queue("jobs");
  amps::MutexLock lock(space().mutex());
  std::string bodies;
  for (const RecordRef& record : topic.browse())
    bodies += std::string(record->key()) + record->body()[0] + " ";
  CHECK(bodies == "7|2|b 7|3|c ");
  CHECK(topic.browse({"7|1|", "7|3|", "nonsense", "8|8|"}).size() == 1);
  CHECK(topic.state().depth() == 3);
}

TEST_CASE_FIXTURE(OneQueue, "QUE-31: replace keeps the lease under the new id") {
  start();
  Subscription* const old = subscribe("jobs", "s1");
  journal->publish("jobs_in", "a");
  REQUIRE(receives("s1:a "));
  auto replacement = std::make_unique<Subscription>();
  replacement->id = "s1";
  replacement->topic = "jobs";
  replacement->outbox = &outbox;
  {
    amps::MutexLock lock(space().mutex());
    space().begin_block(0);
    space().replace(old, replacement.get());
  }
  journal->publish("jobs_in", "b");
  CHECK(becomes([this] { return depth("jobs") == 2; }));
  CHECK(received().empty());
  ack("jobs", {1});
  CHECK(receives("s1:b "));
  unsubscribe(replacement.get());
}

TEST_CASE_FIXTURE(OneQueue, "QUE-36: an ack before its message counts, also over a restart") {
  start();
  ack("jobs", {1, 2});
  journal->publish("jobs_in", "a");
  REQUIRE(becomes([this] {
    QueueTopic& topic = queue("jobs");
    amps::MutexLock lock(space().mutex());
    return topic.state().counts().added == 1;
  }));
  CHECK(depth("jobs") == 0);
  restart();
  journal->publish("jobs_in", "b");
  journal->publish("jobs_in", "c");
  subscribe("jobs", "s1");
  CHECK(receives("s1:c "));
}

TEST_CASE_FIXTURE(OneQueue, "QUE-43: an ack of what was settled is not remembered") {
  start();
  subscribe("jobs", "s1");
  journal->publish("jobs_in", "a");
  REQUIRE(receives("s1:a "));
  ack("jobs", {1});
  ack("jobs", {1});
  QueueTopic& topic = queue("jobs");
  amps::MutexLock lock(space().mutex());
  CHECK(topic.state().deferred_ack_count() == 0);
}

TEST_CASE_FIXTURE(OneQueue,
                  "QUE-31: a granted backlog is the smaller of what is wanted and what is allowed") {
  jobs.rules.subscription_backlog_max = 5;
  start();
  CHECK(queue("jobs").granted_backlog(3) == 3);
  CHECK(queue("jobs").granted_backlog(9) == 5);
}

TEST_CASE_FIXTURE(QueueTopicFixture, "QUE-41: a pattern is a consumer of several queues, with one backlog") {
  for (const char* name : {"eu_jobs", "us_jobs"}) configure(name).rules.subscription_backlog_max = 9;
  start();
  Subscription* const both = subscribe("_jobs$", "s1", 2);
  for (const char* topic : {"eu_jobs", "us_jobs", "eu_jobs", "us_jobs"}) journal->publish(topic, "x");
  REQUIRE(becomes([this] { return depth("eu_jobs") == 2 && depth("us_jobs") == 2; }));
  std::set<std::string> bookmarks;
  for (std::size_t i = 0; i < 4; ++i) {
    REQUIRE(becomes([&] { return received().empty() && frames.size() == std::min<std::size_t>(i + 2, 4); }));
    CHECK(bookmarks.insert(frames[i].get("bm")).second);
    ack(frames[i].get("t"), {std::stoull(frames[i].get("bm").substr(2))});
  }
  unsubscribe(both);
  CHECK(depth("eu_jobs") + depth("us_jobs") == 0);
}

TEST_CASE_FIXTURE(QueueTopicFixture,
                  "QUE-41: nothing is delivered to a consumer that leaves or is replaced") {
  for (const char* name : {"eu_jobs", "us_jobs"}) configure(name);
  start();
  Subscription* const both = subscribe("_jobs$", "s1", 1);
  journal->publish("eu_jobs", "a");
  REQUIRE(receives("s1:a "));
  journal->publish("us_jobs", "b");
  REQUIRE(becomes([this] { return depth("us_jobs") == 1; }));
  Subscription* const replacement = replace(both);
  CHECK(received().empty());  // It still holds the one message it may.
  unsubscribe(replacement);
  CHECK(received().empty());
  subscribe("us_jobs", "s2");
  CHECK(receives("s2:b "));
}

TEST_CASE_FIXTURE(QueueTopicFixture, "QUE-41: leaving gives the messages of every queue back") {
  for (const char* name : {"eu_jobs", "us_jobs"}) configure(name).rules.subscription_backlog_max = 9;
  start();
  Subscription* const both = subscribe("_jobs$", "s1", 9);
  journal->publish("eu_jobs", "a");
  journal->publish("us_jobs", "b");
  REQUIRE(becomes([this] { return received().empty() && frames.size() == 2; }));
  unsubscribe(both);
  subscribe("us_jobs", "s2");
  CHECK(receives("s2:b "));
}

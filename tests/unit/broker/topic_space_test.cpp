// SPDX-License-Identifier: Apache-2.0
#include "broker/topic_space.h"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

#include "support/outbox_peer.h"
#include "support/raw_client.h"

using amps::ManualClock;
using amps::MutexLock;
using amps::Status;
using amps::test::Home;
using amps::test::Sink;
using namespace amps::broker;

namespace {

struct Fixture {
  ManualClock clock;
  Statistics statistics;
  TopicSpace space{"json", clock, &statistics};
  Home home;
  OutboxLimits limits;
  Outbox outbox{&home, &limits, nullptr};

  Fixture() { limits.client_bytes_max = 1u << 30; }

  std::unique_ptr<Subscription> subscribe(const std::string& topic, const std::string& id,
                                          bool is_pattern = false) {
    auto subscription = std::make_unique<Subscription>();
    subscription->id = id;
    subscription->topic = topic;
    subscription->outbox = &outbox;
    if (is_pattern) REQUIRE(TopicPattern::compile(topic, &subscription->pattern).ok());
    MutexLock lock(space.mutex());
    space.add(subscription.get());
    return subscription;
  }
  void remove(const std::unique_ptr<Subscription>& subscription) {
    MutexLock lock(space.mutex());
    space.remove(subscription.get());
  }
  Status publish(const std::string& topic, const std::string& body) {
    Publish message;
    message.topic = topic;
    message.body = body;
    MutexLock lock(space.mutex());
    space.begin_block(0);
    const Status status = space.publish(message);
    space.hand_out();
    return status;
  }
  // "topic sids body" of each message since the last call.
  std::string received() {
    Sink sink;
    outbox.write_to(&sink, 0);
    std::string text;
    for (std::size_t at = 0; at < sink.bytes.size();) {
      const auto size = static_cast<unsigned char>(sink.bytes[at + 3]) +
                        256u * static_cast<unsigned char>(sink.bytes[at + 2]);
      const raw::Frame frame = raw::parse(std::string_view(sink.bytes).substr(at + 4, size));
      text += frame.get("t") + " " + frame.get("sids") + " " + frame.body + ";";
      at += 4 + size;
    }
    return text;
  }
};

// Doubles what it is given, and refuses what is too large for it.
class Doubling final : public Store {
 public:
  Status prepare(Publish* publish, Change* change) override {
    if (publish->body.size() > 10) return Status(AMPS_E_INVALID_TOPIC, "too large");
    change->kind = kept_.empty() ? ChangeKind::kInsert : ChangeKind::kUpdate;
    if (!kept_.empty()) change->previous = kept_.back();
    next_.assign(publish->body);
    next_ += next_;
    publish->body = change->current = next_;
    return {};
  }
  void commit(const Change& change) override {
    CHECK(change.timestamp_us != 0);
    kept_.emplace_back(change.current);
  }

 private:
  std::string next_;
  std::deque<std::string> kept_;
};

struct Follower final : TopicObserver {
  void on_change(const Change& change) override {
    text += change.topic->name + " " + std::string(change.previous) + ">" + std::string(change.current) + ";";
    kinds.push_back(change.kind);
  }
  std::string text;
  std::vector<ChangeKind> kinds;
};

struct Reminder final : TimedWork {
  std::uint64_t run_due(std::uint64_t now_ms) override {
    if (now_ms < due_ms) return due_ms;
    ran_ms.push_back(now_ms);
    return due_ms = UINT64_MAX;
  }
  std::uint64_t due_ms = UINT64_MAX;
  std::vector<std::uint64_t> ran_ms;
};

}  // namespace

TEST_CASE("routes follow the subscriptions") {
  Fixture at;
  REQUIRE(at.publish("a", "nobody").ok());
  auto literal = at.subscribe("a", "1");
  REQUIRE(at.publish("a", "x").ok());
  auto pattern = at.subscribe("^a|b$", "2", true);
  REQUIRE(at.publish("a", "y").ok());
  REQUIRE(at.publish("b", "z").ok());
  CHECK(at.received() == "a 1 x;a 1,2 y;b 2 z;");
  at.remove(literal);
  REQUIRE(at.publish("a", "u").ok());
  at.remove(pattern);
  REQUIRE(at.publish("a", "v").ok());
  CHECK(at.received() == "a 2 u;");
}

TEST_CASE("messages of one block keep their order across topics and groups") {
  Fixture at;
  auto first = at.subscribe("a", "1");
  auto second = at.subscribe("b", "2");
  second->skip_empty = false;
  auto third = at.subscribe("b", "3");
  third->skip_empty = true;
  MutexLock lock(at.space.mutex());
  at.space.begin_block(0);
  for (const char* topic : {"a", "a", "b", "a", "b", "b"}) {
    static int number = 0;
    const std::string body = std::to_string(++number);
    Publish message;
    message.topic = topic;
    message.body = number == 5 ? std::string_view() : std::string_view(body);
    REQUIRE(at.space.publish(message).ok());
  }
  at.space.hand_out();
  CHECK(at.received() == "a 1 1;a 1 2;b 2,3 3;a 1 4;b 2 ;b 2,3 6;");
  CHECK(at.statistics.messages_out == 6);
}

TEST_CASE("a store sees a message first, may change it, and may refuse it") {
  Fixture at;
  {
    MutexLock lock(at.space.mutex());
    at.space.declare("kept", std::make_unique<Doubling>());
    REQUIRE(at.space.declared_topics().size() == 1);
    CHECK(at.space.declared_topics().front() == at.space.find("kept"));
  }
  auto subscription = at.subscribe("kept", "1");
  CHECK(at.publish("kept", "ab").ok());
  CHECK(at.publish("kept", "much too large").code() == AMPS_E_INVALID_TOPIC);
  CHECK(at.received() == "kept 1 abab;");
}

TEST_CASE("observers follow what happens to a topic, with state or without") {
  Fixture at;
  Follower follower;
  {
    MutexLock lock(at.space.mutex());
    at.space.declare("kept", std::make_unique<Doubling>());
    at.space.observe("kept", &follower);
    at.space.observe("plain", &follower);
  }
  CHECK(at.publish("kept", "a").ok());
  CHECK(at.publish("kept", "b").ok());
  CHECK_FALSE(at.publish("kept", "much too large").ok());
  CHECK(at.publish("plain", "c").ok());
  CHECK(at.publish("unobserved", "d").ok());
  CHECK(follower.text == "kept >aa;kept aa>bb;plain >c;");
  CHECK(follower.kinds ==
        std::vector<ChangeKind>{ChangeKind::kInsert, ChangeKind::kUpdate, ChangeKind::kMessage});
}

TEST_CASE("timed work runs when the alarm that was asked for goes off") {
  Fixture at;
  Reminder first;
  Reminder second;
  std::vector<std::uint64_t> alarms;
  {
    MutexLock lock(at.space.mutex());
    at.space.add_timed_work(&first);
    at.space.add_timed_work(&second);
    first.due_ms = 100;
    at.space.wake_at(100);
  }
  at.space.set_alarm([&](std::uint64_t deadline_ms) { alarms.push_back(deadline_ms); });
  {
    MutexLock lock(at.space.mutex());
    second.due_ms = 50;
    at.space.wake_at(50);
    at.space.wake_at(70);  // Later than what is asked for already.
  }
  CHECK(alarms == std::vector<std::uint64_t>{100, 50});
  at.clock.advance_ms(50);
  at.space.run_timed_work();
  CHECK(first.ran_ms.empty());
  CHECK(second.ran_ms == std::vector<std::uint64_t>{50});
  CHECK(alarms.back() == 100);
  at.clock.advance_ms(60);
  at.space.run_timed_work();
  CHECK(first.ran_ms == std::vector<std::uint64_t>{110});
  CHECK(alarms.size() == 3);
}

TEST_CASE("topics nobody names are forgotten when there are many") {
  Fixture at;
  auto subscription = at.subscribe("named", "1");
  auto pattern = at.subscribe("^t99999$", "2", true);
  {
    MutexLock lock(at.space.mutex());
    at.space.begin_block(0);
    for (int i = 0; i < 200'000; ++i) {
      const std::string topic = "t" + std::to_string(i);
      Publish message;
      message.topic = topic;
      REQUIRE(at.space.publish(message).ok());
    }
    at.space.hand_out();
    CHECK(at.space.topic_count() <= 65'540);
  }
  REQUIRE(at.publish("named", "x").ok());
  CHECK(at.received() == "t99999 2 ;named 1 x;");
}

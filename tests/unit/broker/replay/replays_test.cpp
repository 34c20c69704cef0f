// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/replays.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "replay_fixture.h"
#include "support/outbox_peer.h"

using namespace amps;
using namespace amps::broker;
using amps::test::Home;
using amps::test::ReplayFixture;
using amps::test::Sink;

namespace {

struct Fixture : ReplayFixture {
  Home home;
  OutboxLimits limits;
  Outbox outbox{&home, &limits, nullptr};
  Statistics statistics;
  std::unique_ptr<Replays> replays = std::make_unique<Replays>(journal.get(), clock, &statistics);

  Fixture() { limits.client_bytes_max = 1u << 20; }
  ~Fixture() override { replays.reset(); }

  const Subscription* add(const std::string& id, const std::string& topic = "orders", bool paused = false) {
    const Subscription* const added = subscription(id, topic);
    ReplayStart start{plan("0"), member(added), paused};
    start.member.owes_completed = false;
    replays->add("json", std::move(start));
    return added;
  }
  // Everything there is now, as the client receives it.
  std::string receive() {
    Sink sink;
    bool has_more = true;
    while (has_more) {
      REQUIRE(replays->fill(&outbox, clock.steady_ms(), &has_more).ok());
      outbox.write_to(&sink, clock.steady_ms());
    }
    return shorten(sink.bytes, true);
  }
};

}  // namespace

TEST_CASE("SLO-06: a consumer that does not read stops its replay, and is not cut off") {
  Fixture at;
  at.publish_many(20'000);
  at.add("s");
  bool has_more = false;
  for (int i = 0; i < 100; ++i) REQUIRE(at.replays->fill(&at.outbox, 0, &has_more).ok());
  CHECK(has_more);
  CHECK(at.outbox.waiting_bytes() < 300'000);
  at.limits.client_bytes_max = 1'000;
  at.outbox.append("what others send is counted by itself", 0);
  CHECK(at.outbox.cut_off() == CutOff::kNone);
  CHECK(at.outbox.oldest_ms() == 0);
}

TEST_CASE("replays of one client take turns") {
  Fixture at;
  at.publish_many(5'000);
  at.add("a");
  at.add("b");
  bool has_more = false;
  REQUIRE(at.replays->fill(&at.outbox, 0, &has_more).ok());
  Sink sink;
  at.outbox.write_to(&sink, 0);
  const std::string received = ReplayFixture::shorten(sink.bytes, true);
  CHECK(received.find("a:1 ") != std::string::npos);
  CHECK(received.find("b:1 ") != std::string::npos);
}

TEST_CASE("TXL-18: those that were paused at one place are resumed as one stream") {
  Fixture at;
  for (const char* topic : {"a", "b", "a", "b"}) at.publish(50, topic);
  at.wait_durable();
  const Subscription* const a = at.add("A", "a", true);
  const Subscription* const b = at.add("B", "b", true);
  CHECK(at.receive() == "");
  at.replays->resume({a, b});
  CHECK(at.receive() == "A:1 B:2 A:3 B:4");
  at.replays->pause(a);
  at.publish(50, "b");
  at.publish(50, "a");
  at.wait_durable();
  at.replays->log_moved();
  CHECK(at.receive() == "B:5");
  at.replays->resume({a});
  CHECK(at.receive() == "A:6");
  at.replays->remove(a);
  at.replays->remove(b);
  CHECK(at.replays->empty());
}

TEST_CASE("TXL-17: resuming what runs changes nothing") {
  Fixture at;
  at.publish_many(1);
  const Subscription* const a = at.add("A");
  at.replays->resume({a});
  CHECK(at.receive() == "A:1");
  at.replays->pause(a);
  at.replays->pause(a);
  CHECK_FALSE(at.replays->waits_for_log());
  at.replays->resume({a});
  CHECK(at.receive() == "");
  CHECK(at.replays->waits_for_log());
}

TEST_CASE("SUB-07: a replacement goes on where the subscription is") {
  Fixture at;
  at.publish(50, "a");
  at.publish(50, "b");
  at.wait_durable();
  const Subscription* const old = at.add("A", "a");
  CHECK(at.receive() == "A:1");
  at.publish(50, "b");
  at.publish(50, "a");
  at.wait_durable();
  at.replays->replace(old, {at.plan("0"), at.member(at.subscription("A", "b")), false});
  at.replays->log_moved();
  CHECK(at.receive() == "A:3 A:completed(4)");
}

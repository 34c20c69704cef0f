// SPDX-License-Identifier: Apache-2.0
#include "broker/topic.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

struct Home final : OutboxHome {
  void schedule(Outbox*) override {}
};

std::unique_ptr<Filter> any_message() {
  std::unique_ptr<Filter> filter;
  REQUIRE(Filter::compile("TRUE", find_message_format("json"), {}, &filter).ok());
  return filter;
}

struct Fixture {
  Home home;
  OutboxLimits limits;
  Outbox first{&home, &limits, nullptr}, second{&home, &limits, nullptr};
  Topic topic{"t"};
  std::vector<std::unique_ptr<Subscription>> owned;
  std::vector<const Subscription*> matching;

  Subscription* add(Outbox* outbox, const std::string& id) {
    auto subscription = std::make_unique<Subscription>();
    subscription->id = id;
    subscription->outbox = outbox;
    subscription->order = owned.size();
    matching.push_back(subscription.get());
    owned.push_back(std::move(subscription));
    return owned.back().get();
  }
};

}  // namespace

TEST_CASE("names say what kind of topic it is") {
  CHECK(Topic("orders").kind == TopicKind::kOrdinary);
  CHECK(Topic("/AMP").kind == TopicKind::kOrdinary);
  CHECK(Topic("/AMPS/devnull").kind == TopicKind::kDiscard);
  CHECK(Topic("/AMPS/ClientStatus").kind == TopicKind::kReserved);
  CHECK(Topic("/AMPSx").kind == TopicKind::kReserved);
}

TEST_CASE("clients with the same ids share a group") {
  Fixture at;
  at.add(&at.first, "a");
  at.add(&at.second, "a");
  at.add(&at.first, "b");
  at.add(&at.second, "b");
  build_route(&at.topic, &at.matching);
  REQUIRE(at.topic.groups.size() == 1);
  CHECK(at.topic.groups[0].recipients.size() == 2);
}

TEST_CASE("other ids, or other extra fields, are another group") {
  Fixture at;
  at.add(&at.first, "a");
  SUBCASE("ids") {
    at.add(&at.second, "b");
  }
  SUBCASE("fields") {
    at.add(&at.second, "a")->fields.timestamp = true;
  }
  build_route(&at.topic, &at.matching);
  CHECK(at.topic.groups.size() == 2);
}

TEST_CASE("a client with a filter is asked about each message, with all its subscriptions") {
  Fixture at;
  at.add(&at.first, "a")->filter = any_message();
  at.add(&at.first, "b");
  at.add(&at.second, "a");
  build_route(&at.topic, &at.matching);
  CHECK(at.topic.groups.size() == 1);
  REQUIRE(at.topic.filtered.size() == 1);
  CHECK(at.topic.filtered[0].subscriptions.size() == 2);
}

TEST_CASE("empty messages have receivers of their own when somebody does not want them") {
  Fixture at;
  at.add(&at.first, "a")->skip_empty = true;
  at.add(&at.second, "a");
  build_route(&at.topic, &at.matching);
  CHECK(at.topic.has_skip_empty);
  REQUIRE(at.topic.groups_for_empty.size() == 1);
  CHECK(at.topic.groups_for_empty[0].recipients == std::vector<Outbox*>{&at.second});
}

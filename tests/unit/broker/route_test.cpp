// SPDX-License-Identifier: Apache-2.0
#include "broker/route.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <string>

#include "support/outbox_peer.h"

using amps::test::Home;
using namespace amps::broker;

namespace {

std::unique_ptr<Filter> any_message() {
  std::unique_ptr<Filter> filter;
  REQUIRE(Filter::compile("TRUE", find_message_format("json"), {}, &filter).ok());
  return filter;
}

struct Fixture {
  Home home;
  OutboxLimits limits;
  Outbox first{&home, &limits, nullptr}, second{&home, &limits, nullptr};
  std::deque<Subscription> owned;
  Route route{"t"};

  Subscription& make(Outbox* outbox, const std::string& id) {
    Subscription& made = owned.emplace_back();
    made.id = id;
    made.outbox = outbox;
    made.order = owned.size();
    return made;
  }
  Subscription& add(Outbox* outbox, const std::string& id) {
    Subscription& made = make(outbox, id);
    route.add(made);
    return made;
  }
  // "ids×recipients" of each group, sorted.
  std::string groups(bool message_is_empty = false) {
    route.refresh();
    std::vector<std::string> texts;
    for (const DeliveryGroup& group : *route.groups(message_is_empty)) {
      const std::size_t at = group.prefix.find("\"sids\":\"") + 8;
      texts.push_back(group.prefix.substr(at, group.prefix.find('"', at) - at) + "x" +
                      std::to_string(group.recipients.size()));
    }
    std::sort(texts.begin(), texts.end());
    std::string text;
    for (const std::string& one : texts) text += one + " ";
    return text;
  }
  std::string always() const {
    std::string text;
    for (const Subscription* one : route.always()) text += one->id + " ";
    return text;
  }
};

}  // namespace

TEST_CASE("PRF-02: clients with the same ids share a group, in the order of subscribing") {
  Fixture at;
  at.add(&at.first, "a");
  at.add(&at.second, "a");
  CHECK(at.groups() == "ax2 ");
  Subscription& more = at.add(&at.first, "b");
  CHECK(at.groups() == "a,bx1 ax1 ");
  at.add(&at.second, "b");
  CHECK(at.groups() == "a,bx2 ");
  at.route.remove(more);
  CHECK(at.groups() == "a,bx1 ax1 ");
}

TEST_CASE("other extra fields are another group") {
  Fixture at;
  at.add(&at.first, "a");
  Subscription& timed = at.make(&at.second, "a");
  timed.fields.timestamp = true;
  at.route.add(timed);
  CHECK(at.groups() == "ax1 ax1 ");
  CHECK_FALSE(at.route.has_selective());
}

TEST_CASE("a client with one selective subscription is selective with all, until it has none") {
  Fixture at;
  at.add(&at.first, "a");
  at.add(&at.second, "a");
  CHECK(at.groups() == "ax2 ");
  Subscription& filtered = at.make(&at.first, "f");
  filtered.filter = any_message();
  filtered.fields.timestamp = filtered.out_of_focus = true;
  at.route.add(filtered);
  CHECK(at.groups() == "ax1 ");
  CHECK(at.always() == "a ");
  REQUIRE(at.route.filters() != nullptr);
  CHECK(at.route.subscription(0) == &filtered);
  CHECK(at.route.has_out_of_focus());
  CHECK(at.route.selective_wants_timestamp());
  at.route.remove(filtered);
  CHECK(at.groups() == "ax2 ");
  CHECK_FALSE(at.route.has_selective());
  CHECK_FALSE(at.route.has_out_of_focus());
  CHECK_FALSE(at.route.selective_wants_timestamp());
}

TEST_CASE("empty messages have receivers of their own when somebody does not want them") {
  Fixture at;
  at.add(&at.first, "a");
  Subscription& picky = at.make(&at.first, "b");
  picky.skip_empty = true;
  at.add(&at.second, "a");
  CHECK(at.groups(true) == "ax2 ");
  at.route.add(picky);
  CHECK(at.groups() == "a,bx1 ax1 ");
  CHECK(at.groups(true) == "ax2 ");
  at.route.remove(picky);
  CHECK(at.groups(true) == "ax2 ");
}

TEST_CASE("a route that followed every change is the one worked out anew") {
  std::mt19937 random(3);
  const auto pick = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
  Fixture at;
  std::deque<Outbox> clients;
  for (int i = 0; i < 6; ++i) clients.emplace_back(&at.home, &at.limits, nullptr);
  std::vector<Subscription*> present, absent;
  for (unsigned i = 0; i < 60; ++i) {
    Subscription& one = at.make(&clients[i % 6], std::string(1, static_cast<char>('a' + i % 4)));
    if (pick(6) == 0) one.filter = any_message();
    one.delta = pick(12) == 0;
    one.skip_empty = pick(20) == 0;
    absent.push_back(&one);
  }
  for (int step = 0; step < 2000; ++step) {
    std::vector<Subscription*>* const from = pick(2) == 0 ? &absent : &present;
    if (from->empty()) continue;
    std::swap((*from)[pick(static_cast<unsigned>(from->size()))], from->back());
    Subscription* const moved = from->back();
    from->pop_back();
    (from == &absent ? present : absent).push_back(moved);
    from == &absent ? at.route.add(*moved) : at.route.remove(*moved);
    if (pick(3) != 0) continue;
    const std::string groups = at.groups() + "/ " + at.groups(true) + "/ " + at.always();
    const std::size_t filters = at.route.filters() == nullptr ? 0 : at.route.filters()->size();
    at.route.clear();
    for (const Subscription* one : present) at.route.add(*one);
    REQUIRE(groups == at.groups() + "/ " + at.groups(true) + "/ " + at.always());
    REQUIRE(filters == (at.route.filters() == nullptr ? 0 : at.route.filters()->size()));
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/rates.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

BrokerFacts with(std::uint64_t all, std::uint64_t client_7, std::uint64_t orders) {
  BrokerFacts facts;
  facts.traffic = {{"messages_in", all}};
  ClientFacts client;
  client.id = 7;
  client.traffic = {{"messages_out", client_7}};
  facts.clients.push_back(client);
  TopicFacts topic;
  topic.topic = "orders";
  topic.counts = {{"insert_count", orders}};
  facts.topics.push_back(topic);
  return facts;
}

}  // namespace

TEST_CASE("MON-02 MON-03 rates are what came between the two latest samples") {
  Rates rates;
  rates.sample(with(0, 0, 0), 1'000);
  rates.sample(with(500, 40, 100), 11'000);
  BrokerFacts now = with(9'999, 9'999, 9'999);
  rates.fill(&now);
  CHECK(now.traffic[0].per_second == 50);
  CHECK(now.clients[0].traffic[0].per_second == 4);
  CHECK(now.topics[0].counts[0].per_second == 10);
  rates.sample(with(500, 40, 100), 21'000);
  rates.fill(&now);
  CHECK(now.traffic[0].per_second == 0);
}

TEST_CASE("MON-02 a client that came since the sample before has grown from nothing") {
  Rates rates;
  BrokerFacts none = with(0, 0, 0);
  none.clients.clear();
  rates.sample(none, 0);
  rates.sample(with(0, 100, 0), 10'000);
  BrokerFacts now = with(0, 100, 0);
  now.clients.push_back(now.clients.front());
  now.clients.back().id = 8;  // Not sampled yet.
  rates.fill(&now);
  CHECK(now.clients[0].traffic[0].per_second == 10);
  CHECK(now.clients[1].traffic[0].per_second == 0);
}

TEST_CASE("MON-02 the first sample and two of one moment tell of no rates") {
  Rates rates;
  BrokerFacts now = with(100, 100, 100);
  rates.sample(now, 5'000);
  rates.fill(&now);
  CHECK(now.traffic[0].per_second == 0);
  rates.sample(with(200, 200, 200), 5'000);
  rates.fill(&now);
  CHECK(now.traffic[0].per_second == 0);
}

TEST_CASE("MON-03 a topic that counts more than it did at the sample has no rate for that yet") {
  Rates rates;
  BrokerFacts before = with(0, 0, 0);
  before.topics[0].counts.clear();
  rates.sample(before, 0);
  BrokerFacts now = with(0, 0, 100);
  rates.fill(&now);
  CHECK(now.topics[0].counts[0].per_second == 0);
  rates.sample(with(0, 0, 100), 10'000);
  rates.fill(&now);
  CHECK(now.topics[0].counts[0].per_second == 10);
}

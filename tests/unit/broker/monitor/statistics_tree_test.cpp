// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/statistics_tree.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

BrokerFacts facts() {
  BrokerFacts facts;
  facts.name = "desk";
  facts.started_us = 1'000'000;
  facts.now_us = 3'662'500'000;
  ClientFacts client;
  client.id = 7;
  client.client_name = "c";
  client.subscriptions.push_back({"s", "orders", "/a = 1", "/desk = 1", ""});
  facts.clients.push_back(client);
  facts.topics.push_back({TopicFactsKind::kSow, "orders", "json", "", 4, 1000});
  facts.topics.push_back({TopicFactsKind::kView, "totals", "json", "orders", 1, 100});
  facts.transports.push_back({"any", "tcp", "", "127.0.0.1:9007", false});
  return facts;
}

std::string leaf(const char* path) {
  const Statistics statistics;
  const StatisticsNode tree = statistics_tree(facts(), statistics);
  const StatisticsNode* const found = tree.find(path);
  return found == nullptr ? "none" : found->text();
}

}  // namespace

TEST_CASE(
    "MON-02 MON-03 MON-04 the tree has what is known of clients, subscriptions, topics and transports") {
  CHECK(leaf("instance/name") == "desk");
  CHECK(leaf("instance/uptime") == "01:01:01.500000");
  CHECK(leaf("instance/clients/7/client_name") == "c");
  CHECK(leaf("instance/subscriptions/1/client_id") == "7");
  CHECK(leaf("instance/subscriptions/1/entitlement_filter") == "/desk = 1");
  CHECK(leaf("instance/sow/1/valid_keys") == "4");
  CHECK(leaf("instance/sow/1/record_size") == "250");
  CHECK(leaf("instance/views/1/underlying_topic") == "orders");
  CHECK(leaf("instance/sow/2/topic") == "none");
  CHECK(leaf("instance/transports/0/is_enabled") == "false");
  CHECK(std::stoull(leaf("instance/memory/rss")) > 0);
}

TEST_CASE("MON-01 the same for Prometheus, one sample a line") {
  Statistics statistics;
  Statistics::add(statistics.messages_in, 5);
  statistics.ended(Disconnect::kSlowClient);
  const std::string text = prometheus_text(facts(), statistics);
  CHECK(text.find("# TYPE amps_messages_in_total counter\namps_messages_in_total 5\n") != std::string::npos);
  CHECK(text.find("amps_disconnects_total{reason=\"slow client\"} 1\n") != std::string::npos);
  CHECK(text.find("amps_topic_memory_bytes{topic=\"orders\",message_type=\"json\"} 1000\n") !=
        std::string::npos);
}

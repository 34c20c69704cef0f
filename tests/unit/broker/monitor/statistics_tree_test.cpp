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
  client.traffic = {{"messages_out", 5, 1}};
  client.latency_ms = 40;
  client.subscriptions.push_back({"s", "orders", "/a = 1", "/desk = 1", ""});
  facts.clients.push_back(client);
  facts.topics.push_back(
      {TopicFactsKind::kSow, "orders", "json", "", 4, 1000, {{"insert_count", 4, 2}}, {}, {}});
  facts.topics.push_back(
      {TopicFactsKind::kView, "totals", "json", "orders", 1, 100, {}, {}, {{"grouping", "/desk"}}});
  facts.topics.push_back({TopicFactsKind::kQueue, "work", "json", "in", 0, 0, {}, {{"queue_depth", 3}}, {}});
  facts.has_log = true;
  facts.log.files.push_back({"journal/a.1", 1, 4096, 1'700'000'000'000'000, 0, true});
  facts.log.write_count = 2;
  facts.log.write_us = 3000;
  facts.log_writes = {{"writes", 2, 1}};
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
  CHECK(leaf("instance/clients/7/messages_out") == "5");
  CHECK(leaf("instance/clients/7/messages_out_per_sec") == "1");
  CHECK(leaf("instance/clients/7/queue_max_latency") == "40");
  CHECK(leaf("instance/sow/1/insert_count") == "4");
  CHECK(leaf("instance/sow/1/insert_count_per_sec") == "2");
  CHECK(leaf("instance/views/1/grouping") == "/desk");
  CHECK(leaf("instance/queues/1/queue_depth") == "3");
  CHECK(leaf("instance/transaction_log/journals/1/file_name") == "journal/a.1");
  CHECK(leaf("instance/transaction_log/journals/1/min_timestamp") == "20231114T221320.000000Z");
  CHECK(leaf("instance/transaction_log/journals/1/max_timestamp").empty());
  CHECK(leaf("instance/transaction_log/journals/1/is_archived") == "true");
  CHECK(leaf("instance/transaction_log/write_latency") == "1500");
  CHECK(leaf("instance/transports/0/is_enabled") == "false");
  CHECK(std::stoull(leaf("instance/memory/rss")) > 0);
}

TEST_CASE("MON-02 MON-03 MON-04 Prometheus is told of topics, the slowest client and the log") {
  const std::string text = prometheus_text(facts(), Statistics());
  CHECK(text.find("# TYPE amps_topic_insert_count_total counter\n"
                  "amps_topic_insert_count_total{topic=\"orders\",message_type=\"json\"} 4\n") !=
        std::string::npos);
  CHECK(text.find("# TYPE amps_topic_queue_depth gauge\n"
                  "amps_topic_queue_depth{topic=\"work\",message_type=\"json\"} 3\n") != std::string::npos);
  CHECK(text.find("\namps_client_latency_ms_max 40\n") != std::string::npos);
  CHECK(text.find("\namps_log_writes_total 2\n") != std::string::npos);
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

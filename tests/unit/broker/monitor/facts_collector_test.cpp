// SPDX-License-Identifier: Apache-2.0
// What the statistics of a running broker say, asked for over HTTP.
#include "broker/monitor/facts_collector.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support/logged_broker.h"
#include "support/test_broker.h"

using namespace amps::broker;

namespace {

void watch(raw::TestBroker* broker) {
  AdminConfiguration admin;
  admin.address.host = "127.0.0.1";
  broker->configuration.admin = admin;
}

std::string get_of(const raw::TestBroker& broker, const std::string& path) {
  raw::Client client(broker.broker->admin()->port);
  client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string answer = client.wait_closed();
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

struct Watched {
  raw::TestBroker broker;
  Watched() {
    watch(&broker);
    broker.with_manual_clock();
    broker.keep("orders", {"/id"});
    broker.start();
  }
  std::string get(const std::string& path) const { return get_of(broker, path); }
};

}  // namespace

TEST_CASE("MON-02 clients and subscriptions are told by the loops that own them") {
  Watched at;
  raw::Client client(at.broker.port());
  client.logon("probe");
  client.subscribe("orders", "s1");
  CHECK(at.get("/amps/instance/clients/1/client_name") == "probe\n");
  CHECK(at.get("/amps/instance/clients/1/subscription_count") == "1\n");
  CHECK(at.get("/amps/instance/subscriptions.json").find("\"sub_id\":\"s1\"") != std::string::npos);
  CHECK(at.get("/amps/instance/is_complete") == "true\n");
}

TEST_CASE("MON-03 topics say how many records they have and what memory these take") {
  Watched at;
  raw::Client client(at.broker.port());
  client.logon();
  client.publish("orders", "{\"id\":1}");
  client.publish("orders", "{\"id\":2}");
  client.expect_nothing();
  CHECK(at.get("/amps/instance/sow/1/valid_keys") == "2\n");
  CHECK(std::stoull(at.get("/amps/instance/sow/1/memory_bytes")) > 0);
}

TEST_CASE("MON-02 clients say what they were sent, and how fast") {
  Watched at;
  raw::Client plain(at.broker.port());
  plain.logon("plain");
  plain.subscribe("orders", "s1");
  raw::Client filtered(at.broker.port());
  filtered.logon("filtered");
  filtered.send_frame(
      R"({"c":"subscribe","cid":"f","sub_id":"f","t":"orders","filter":"/id > 10","a":"processed"})", "");
  filtered.ack("f");
  CHECK(at.get("/amps/instance/clients/1/messages_out") == "0\n");  // Sampled once by now.
  raw::Client publisher(at.broker.port());
  publisher.logon("publisher");
  for (int id = 1; id <= 20; ++id) publisher.publish("orders", "{\"id\":" + std::to_string(id) + "}");
  publisher.expect_nothing();
  CHECK(at.get("/amps/instance/clients/1/messages_out") == "20\n");
  CHECK(at.get("/amps/instance/clients/2/messages_out") == "10\n");
  CHECK(at.get("/amps/instance/clients/3/messages_in") == "20\n");
  CHECK(at.get("/amps/instance/clients/1/messages_out_per_sec") == "0\n");
  at.broker.advance_ms(10'000);
  CHECK(at.get("/amps/instance/clients/1/messages_out_per_sec") == "2\n");
  CHECK(at.get("/amps/instance/clients/2/messages_out_per_sec") == "1\n");
  CHECK(at.get("/amps/instance/processors/all/messages_in_per_sec") == "2\n");
  CHECK(at.get("/amps/instance/sow/1/insert_count_per_sec") == "2\n");
}

TEST_CASE("MON-02 a client says for how long its oldest bytes have waited") {
  Watched at;
  raw::Client slow(at.broker.port());
  slow.logon("slow");
  slow.subscribe("big", "s");
  raw::Client publisher(at.broker.port());
  publisher.logon("publisher");
  publisher.publish("big", std::string(30u << 20, 'x'));  // More than the system's buffers take.
  publisher.expect_nothing();
  CHECK(at.get("/amps/instance/clients/1/queue_max_latency") == "0\n");
  at.broker.advance_ms(4'000);
  CHECK(at.get("/amps/instance/clients/1/queue_max_latency") == "4000\n");
  CHECK(std::stoull(at.get("/amps/instance/clients/1/transport_tx_queue")) > 0);
  CHECK(at.get("/metrics").find("\namps_client_latency_ms_max 4000\n") != std::string::npos);
}

TEST_CASE("MON-03 topics count what happened to their records") {
  Watched at;
  raw::Client client(at.broker.port());
  client.logon();
  for (const char* body : {"{\"id\":1}", "{\"id\":2}", "{\"id\":1,\"n\":2}"}) client.publish("orders", body);
  client.send_frame(R"({"c":"sow_delete","cid":"d","t":"orders","filter":"/id = 2","a":"processed"})", "");
  client.ack("d");
  client.send_frame(R"({"c":"sow","cid":"q","query_id":"q","t":"orders","a":"processed"})", "");
  client.ack("q");
  CHECK(at.get("/amps/instance/sow/1/insert_count") == "2\n");
  CHECK(at.get("/amps/instance/sow/1/update_count") == "1\n");
  CHECK(at.get("/amps/instance/sow/1/delete_count") == "1\n");
  CHECK(at.get("/amps/instance/sow/1/query_count") == "1\n");
}

TEST_CASE("MON-03 MON-04 queues tell of depths and ages, the log of its files and writes") {
  raw::LoggedBroker broker;
  broker.with_manual_clock();
  watch(&broker);
  QueueConfiguration queue;
  queue.name = queue.underlying_topic = queue.publish_target = "work";
  queue.message_type = "json";
  queue.rules.lease_us = 30'000'000;
  broker.configuration.sow.emplace_back(queue);
  broker.start();
  raw::Client client(broker.port());
  client.logon("worker");
  client.subscribe("work", "s");
  raw::Client publisher(broker.port());
  publisher.logon("publisher");
  for (int i = 1; i <= 3; ++i) raw::publish_numbered(publisher, "work", i, "{\"id\":1}");
  const raw::Frame delivered = client.next();
  CHECK(delivered.header.find("lp") != std::string::npos);
  CHECK(broker.broker->drain(std::chrono::steady_clock::now() + raw::kWait).ok());
  broker.advance_ms(5'000);
  CHECK(get_of(broker, "/amps/instance/queues/1/queue_depth") == "3\n");
  CHECK(get_of(broker, "/amps/instance/queues/1/backlog") == "1\n");
  CHECK(get_of(broker, "/amps/instance/queues/1/seconds_behind") == "5\n");
  CHECK(get_of(broker, "/amps/instance/queues/1/age_of_oldest_lease") == "5\n");
  CHECK(get_of(broker, "/amps/instance/queues/1/added") == "3\n");
  CHECK(
      get_of(broker, "/metrics").find("\namps_topic_queue_depth{topic=\"work\",message_type=\"json\"} 3\n") !=
      std::string::npos);
  CHECK(get_of(broker, "/amps/instance/transaction_log/journals.json").find("\"is_archived\":\"false\"") !=
        std::string::npos);
  CHECK(get_of(broker, "/amps/instance/transaction_log/min_timestamp").substr(0, 4) == "2023");
  CHECK(std::stoull(get_of(broker, "/amps/instance/transaction_log/write_size")) > 0);
  broker.advance_ms(25'000);
  CHECK(get_of(broker, "/amps/instance/queues/1/expired_leases") == "1\n");
}

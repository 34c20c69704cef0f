// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/statistics_tree.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>

#include "wire/timestamp.h"

namespace amps::broker {

namespace {

std::uint64_t load(const Statistics::Counter& counter) noexcept {
  return counter.load(std::memory_order_relaxed);
}

std::string timestamp(std::uint64_t utc_us) {
  wire::TimestampText text;
  return std::string(text.of(utc_us));
}

std::string timestamp_or_none(std::uint64_t utc_us) {
  return utc_us == 0 ? std::string() : timestamp(utc_us);
}

// hh:mm:ss.uuuuuu
std::string uptime(std::uint64_t us) {
  char text[48];
  const std::uint64_t s = us / 1'000'000;
  std::snprintf(text, sizeof text, "%02llu:%02llu:%02llu.%06llu", static_cast<unsigned long long>(s / 3600),
                static_cast<unsigned long long>(s / 60 % 60), static_cast<unsigned long long>(s % 60),
                static_cast<unsigned long long>(us % 1'000'000));
  return text;
}

void add_counters(const Counters& counters, StatisticsNode* out) {
  for (const Counter& counter : counters) {
    out->value(counter.name, counter.value);
    out->value(std::string(counter.name) + "_per_sec", counter.per_second);
  }
}

void add_clients(const BrokerFacts& facts, StatisticsNode* instance) {
  StatisticsNode& clients = instance->collection("clients");
  for (const ClientFacts& client : facts.clients) {
    StatisticsNode& node = clients.object(std::to_string(client.id));
    node.value("client_name", client.client_name);
    node.value("connection_name", client.connection_name);
    node.value("authenticated_id", client.authenticated_id);
    node.value("remote_address", client.remote_address);
    node.value("client_version", client.client_version);
    node.value("correlation_id", client.correlation_id);
    node.value("message_type", client.message_type);
    node.value("connect_time", timestamp(client.connected_us));
    add_counters(client.traffic, &node);
    node.value("queued_bytes_out", client.queued_bytes);
    node.value("queue_max_latency", client.latency_ms);
    node.value("transport_rx_queue", client.socket_rx_bytes);
    node.value("transport_tx_queue", client.socket_tx_bytes);
    node.value("subscription_count", client.subscription_count);
  }
}

void add_subscriptions(const BrokerFacts& facts, StatisticsNode* instance) {
  StatisticsNode& subscriptions = instance->collection("subscriptions");
  std::uint64_t number = 0;
  for (const ClientFacts& client : facts.clients) {
    for (const SubscriptionFacts& subscription : client.subscriptions) {
      StatisticsNode& node = subscriptions.object(std::to_string(++number));
      node.value("sub_id", subscription.id);
      node.value("client_id", client.id);
      node.value("topic", subscription.topic);
      node.value("filter", subscription.filter);
      node.value("entitlement_filter", subscription.entitlement_filter);
      node.value("options", subscription.options);
      node.value("message_type", client.message_type);
    }
  }
}

void add_topics(const BrokerFacts& facts, TopicFactsKind kind, std::string_view name,
                StatisticsNode* instance) {
  StatisticsNode& topics = instance->collection(name);
  std::uint64_t number = 0;
  for (const TopicFacts& topic : facts.topics) {
    if (topic.kind != kind) continue;
    StatisticsNode& node = topics.object(std::to_string(++number));
    node.value("topic", topic.topic);
    node.value("message_type", topic.message_type);
    if (kind != TopicFactsKind::kSow) node.value("underlying_topic", topic.source);
    node.value("valid_keys", topic.record_count);
    node.value("memory_bytes", topic.memory_bytes);
    node.value("record_size", topic.record_count == 0 ? 0 : topic.memory_bytes / topic.record_count);
    add_counters(topic.counts, &node);
    for (const auto& [measure, value] : topic.measures) node.value(measure, value);
    for (const auto& [text, value] : topic.texts) node.value(text, value);
  }
}

// Averages are of all writes since the start, microseconds and bytes.
void add_log(const BrokerFacts& facts, StatisticsNode* instance) {
  if (!facts.has_log) return;
  StatisticsNode& log = instance->object("transaction_log");
  std::uint64_t first_us = 0, last_us = 0;
  StatisticsNode& journals = log.collection("journals");
  for (const LogFileFacts& file : facts.log.files) {
    StatisticsNode& node = journals.object(std::to_string(file.number));
    node.value("file_name", file.path);
    node.value("size", file.size_bytes);
    node.value("min_timestamp", timestamp_or_none(file.first_us));
    node.value("max_timestamp", timestamp_or_none(file.last_us));
    node.value("is_archived", file.is_archived ? "true" : "false");
    node.value("is_compressed", "false");
    if (first_us == 0) first_us = file.first_us;
    if (file.last_us != 0) last_us = file.last_us;
  }
  log.value("min_timestamp", timestamp_or_none(first_us));
  log.value("max_timestamp", timestamp_or_none(last_us));
  add_counters(facts.log_writes, &log);
  const auto average = [&facts](std::uint64_t total) {
    return facts.log.write_count == 0 ? 0 : total / facts.log.write_count;
  };
  log.value("write_latency", average(facts.log.write_us));
  log.value("write_size", average(facts.log.write_bytes));
  log.value("waiting_bytes", facts.log.waiting_bytes);
  log.value("durable_txid", facts.log.durable_txid);
}

void add_transports(const BrokerFacts& facts, StatisticsNode* instance) {
  StatisticsNode& transports = instance->collection("transports");
  std::uint64_t number = 0;
  for (const TransportFacts& transport : facts.transports) {
    StatisticsNode& node = transports.object(std::to_string(number++));
    node.value("name", transport.name);
    node.value("type", transport.type);
    node.value("message_type", transport.message_type);
    node.value("address", transport.address);
    node.value("is_enabled", transport.is_enabled ? "true" : "false");
  }
}

void add_processors(const BrokerFacts& facts, const Statistics& statistics, StatisticsNode* instance) {
  StatisticsNode& all = instance->collection("processors").object("all");
  all.value("messages_received", load(statistics.messages_in));
  all.value("messages_sent", load(statistics.messages_out));
  all.value("messages_received_bytes", load(statistics.bytes_in));
  all.value("messages_sent_bytes", load(statistics.bytes_out));
  all.value("denied_reads", load(statistics.denied_reads));
  all.value("denied_writes", load(statistics.denied_writes));
  for (const Counter& counter : facts.traffic) {
    all.value(std::string(counter.name) + "_per_sec", counter.per_second);
  }
}

std::uint64_t resident_bytes() {
  unsigned long long total = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%llu %llu", &total, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * static_cast<unsigned long long>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t cpu_ms() {
  ::rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const ::timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1000 + static_cast<std::uint64_t>(time.tv_usec) / 1000;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

// Label values know three escapes.
std::string label(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '\\' || byte == '"') out += '\\';
    out += byte == '\n' ? std::string("\\n") : std::string(1, byte);
  }
  return out;
}

class PrometheusText {
 public:
  void family(const char* name, const char* type, const char* help) {
    name_ = std::string("amps_") + name;
    text += "# HELP " + name_ + " " + help + "\n# TYPE " + name_ + " " + type + "\n";
  }
  void sample(std::uint64_t value, const std::string& labels = {}) {
    text += name_ + (labels.empty() ? "" : "{" + labels + "}") + " " + std::to_string(value) + "\n";
  }
  void one(const char* name, const char* type, const char* help, std::uint64_t value) {
    family(name, type, help);
    sample(value);
  }
  std::string text;

 private:
  std::string name_;
};

void add_process(const Statistics& statistics, PrometheusText* out) {
  out->one("connections", "gauge", "Connections now.", load(statistics.connections));
  out->one("connections_total", "counter", "Connections ever.", load(statistics.connections_total));
  out->one("connections_refused_total", "counter", "Connections turned away.",
           load(statistics.connections_refused));
  out->one("logons_total", "counter", "Successful logons.", load(statistics.logons));
  out->one("subscriptions", "gauge", "Subscriptions now.", load(statistics.subscriptions));
  out->one("messages_in_total", "counter", "Messages published.", load(statistics.messages_in));
  out->one("messages_out_total", "counter", "Messages delivered.", load(statistics.messages_out));
  out->one("bytes_in_total", "counter", "Bytes received.", load(statistics.bytes_in));
  out->one("bytes_out_total", "counter", "Bytes sent.", load(statistics.bytes_out));
  out->one("commands_failed_total", "counter", "Commands answered with a failure.",
           load(statistics.commands_failed));
  out->one("denied_reads_total", "counter", "Commands refused by rights to read.",
           load(statistics.denied_reads));
  out->one("denied_writes_total", "counter", "Commands refused by rights to write.",
           load(statistics.denied_writes));
  out->family("disconnects_total", "counter", "Connections ended, by reason.");
  for (std::size_t i = 0; i < statistics.disconnects.size(); ++i) {
    const std::string_view reason = disconnect_text(static_cast<Disconnect>(i));
    out->sample(load(statistics.disconnects[i]), "reason=\"" + label(reason) + "\"");
  }
}

std::string topic_labels(const TopicFacts& topic) {
  return "topic=\"" + label(topic.topic) + "\",message_type=\"" + label(topic.message_type) + "\"";
}

// All samples of a family stand together, so the topics are gone through once a name.
void add_topic_samples(const BrokerFacts& facts, PrometheusText* out) {
  std::set<std::string_view> counters, gauges;
  for (const TopicFacts& topic : facts.topics) {
    for (const Counter& counter : topic.counts) counters.insert(counter.name);
    for (const auto& measure : topic.measures) gauges.insert(measure.first);
  }
  for (const std::string_view name : counters) {
    out->family(("topic_" + std::string(name) + "_total").c_str(), "counter", "Of a topic, since the start.");
    for (const TopicFacts& topic : facts.topics) {
      for (const Counter& counter : topic.counts) {
        if (counter.name == name) out->sample(counter.value, topic_labels(topic));
      }
    }
  }
  for (const std::string_view name : gauges) {
    out->family(("topic_" + std::string(name)).c_str(), "gauge", "Of a queue, now.");
    for (const TopicFacts& topic : facts.topics) {
      for (const auto& [measure, value] : topic.measures) {
        if (measure == name) out->sample(value, topic_labels(topic));
      }
    }
  }
}

// Of clients as a whole: a sample a client would be a new series with every connection.
void add_client_samples(const BrokerFacts& facts, PrometheusText* out) {
  std::uint64_t bytes = 0, latency_ms = 0;
  for (const ClientFacts& client : facts.clients) {
    bytes = std::max(bytes, client.queued_bytes);
    latency_ms = std::max(latency_ms, client.latency_ms);
  }
  out->one("client_queued_bytes_max", "gauge", "Bytes waiting for the client with most.", bytes);
  out->one("client_latency_ms_max", "gauge", "For so long have the oldest bytes for a client waited.",
           latency_ms);
}

void add_log_samples(const BrokerFacts& facts, PrometheusText* out) {
  if (!facts.has_log) return;
  out->one("log_files", "gauge", "Files of the transaction log.", facts.log.files.size());
  out->one("log_waiting_bytes", "gauge", "Bytes that wait for the disk.", facts.log.waiting_bytes);
  for (const Counter& counter : facts.log_writes) {
    out->one(("log_" + std::string(counter.name) + "_total").c_str(), "counter",
             "Of the transaction log's writes.", counter.value);
  }
}

}  // namespace

StatisticsNode statistics_tree(const BrokerFacts& facts, const Statistics& statistics) {
  StatisticsNode root;
  StatisticsNode& instance = root.object("instance");
  instance.value("name", facts.name);
  instance.value("version", facts.version);
  instance.value("pid", static_cast<std::uint64_t>(::getpid()));
  instance.value("timestamp", timestamp(facts.now_us));
  instance.value("uptime", uptime(facts.now_us - facts.started_us));
  instance.value("is_complete", facts.is_complete ? "true" : "false");
  add_clients(facts, &instance);
  add_subscriptions(facts, &instance);
  add_topics(facts, TopicFactsKind::kSow, "sow", &instance);
  add_topics(facts, TopicFactsKind::kView, "views", &instance);
  add_topics(facts, TopicFactsKind::kConflated, "conflated_topics", &instance);
  add_topics(facts, TopicFactsKind::kQueue, "queues", &instance);
  add_transports(facts, &instance);
  add_log(facts, &instance);
  add_processors(facts, statistics, &instance);
  instance.object("memory").value("rss", resident_bytes());
  instance.object("cpu").value("total_ms", cpu_ms());
  return root;
}

std::string prometheus_text(const BrokerFacts& facts, const Statistics& statistics) {
  PrometheusText out;
  add_process(statistics, &out);
  out.one("outbox_bytes", "gauge", "Bytes waiting for clients.", facts.outbox_bytes);
  out.one("uptime_seconds", "gauge", "Since the start.", (facts.now_us - facts.started_us) / 1'000'000);
  out.one("resident_bytes", "gauge", "Memory of the process.", resident_bytes());
  out.one("cpu_ms_total", "counter", "Processor time of the process.", cpu_ms());
  const auto topics = [&](const char* name, const char* help, std::uint64_t TopicFacts::*value) {
    out.family(name, "gauge", help);
    for (const TopicFacts& topic : facts.topics) {
      out.sample(topic.*value, topic_labels(topic));
    }
  };
  topics("topic_records", "Records of a topic.", &TopicFacts::record_count);
  topics("topic_memory_bytes", "Memory of a topic's records and indexes.", &TopicFacts::memory_bytes);
  add_topic_samples(facts, &out);
  add_client_samples(facts, &out);
  add_log_samples(facts, &out);
  return out.text;
}

}  // namespace amps::broker

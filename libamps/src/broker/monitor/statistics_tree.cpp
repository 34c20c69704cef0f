// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/statistics_tree.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

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

// hh:mm:ss.uuuuuu
std::string uptime(std::uint64_t us) {
  char text[48];
  const std::uint64_t s = us / 1'000'000;
  std::snprintf(text, sizeof text, "%02llu:%02llu:%02llu.%06llu", static_cast<unsigned long long>(s / 3600),
                static_cast<unsigned long long>(s / 60 % 60), static_cast<unsigned long long>(s % 60),
                static_cast<unsigned long long>(us % 1'000'000));
  return text;
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
    node.value("bytes_in", client.bytes_in);
    node.value("bytes_out", client.bytes_out);
    node.value("messages_in", client.messages_in);
    node.value("queued_bytes_out", client.queued_bytes);
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
  }
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

void add_processors(const Statistics& statistics, StatisticsNode* instance) {
  StatisticsNode& all = instance->collection("processors").object("all");
  all.value("messages_received", load(statistics.messages_in));
  all.value("messages_sent", load(statistics.messages_out));
  all.value("messages_received_bytes", load(statistics.bytes_in));
  all.value("messages_sent_bytes", load(statistics.bytes_out));
  all.value("denied_reads", load(statistics.denied_reads));
  all.value("denied_writes", load(statistics.denied_writes));
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

void add_counters(const Statistics& statistics, PrometheusText* out) {
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
  add_processors(statistics, &instance);
  instance.object("memory").value("rss", resident_bytes());
  instance.object("cpu").value("total_ms", cpu_ms());
  return root;
}

std::string prometheus_text(const BrokerFacts& facts, const Statistics& statistics) {
  PrometheusText out;
  add_counters(statistics, &out);
  out.one("outbox_bytes", "gauge", "Bytes waiting for clients.", facts.outbox_bytes);
  out.one("uptime_seconds", "gauge", "Since the start.", (facts.now_us - facts.started_us) / 1'000'000);
  out.one("resident_bytes", "gauge", "Memory of the process.", resident_bytes());
  out.one("cpu_ms_total", "counter", "Processor time of the process.", cpu_ms());
  const auto topics = [&](const char* name, const char* help, std::uint64_t TopicFacts::*value) {
    out.family(name, "gauge", help);
    for (const TopicFacts& topic : facts.topics) {
      out.sample(topic.*value,
                 "topic=\"" + label(topic.topic) + "\",message_type=\"" + label(topic.message_type) + "\"");
    }
  };
  topics("topic_records", "Records of a topic.", &TopicFacts::record_count);
  topics("topic_memory_bytes", "Memory of a topic's records and indexes.", &TopicFacts::memory_bytes);
  return out.text;
}

}  // namespace amps::broker

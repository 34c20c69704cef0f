// SPDX-License-Identifier: Apache-2.0
// What is known of a running broker at a moment: the source of statistics in every form.
// Threads: values. A FactsSource is asked on the thread of the HTTP server. Blocks: briefly, for the event
// loops to say what they know.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "broker/journal/log_facts.h"

namespace amps::broker {

// A number that only grows, and what it grew by a second. Names are literals.
struct Counter {
  std::string_view name;
  std::uint64_t value = 0;
  std::uint64_t per_second = 0;
};
// Things of a kind have the same counters in the same order.
using Counters = std::vector<Counter>;

struct SubscriptionFacts {
  std::string id;
  std::string topic;
  std::string filter;
  std::string entitlement_filter;
  std::string options;
};

struct ClientFacts {
  std::uint64_t id = 0;
  std::string connection_name;
  std::string client_name;
  std::string authenticated_id;
  std::string remote_address;
  std::string client_version;
  std::string correlation_id;
  std::string message_type;
  std::uint64_t connected_us = 0;
  Counters traffic;  // Deliveries are messages out, results of queries are not.
  std::uint64_t queued_bytes = 0;
  std::uint64_t latency_ms = 0;       // For so long has the oldest of them waited.
  std::uint64_t socket_rx_bytes = 0;  // In the system's buffers.
  std::uint64_t socket_tx_bytes = 0;
  std::uint64_t subscription_count = 0;
  std::vector<SubscriptionFacts> subscriptions;  // The first of them, when they were asked for.
};

enum class TopicFactsKind { kSow, kView, kConflated, kQueue };

struct TopicFacts {
  TopicFactsKind kind = TopicFactsKind::kSow;
  std::string topic;
  std::string message_type;
  std::string source;  // Underlying topic, of others than kSow.
  std::uint64_t record_count = 0;
  std::uint64_t memory_bytes = 0;  // Of records, their history and indexes.
  Counters counts;
  std::vector<std::pair<std::string_view, std::uint64_t>> measures;  // Of its kind; names are literals.
  std::vector<std::pair<std::string_view, std::string>> texts;
};

struct TransportFacts {
  std::string name;
  std::string type;
  std::string message_type;
  std::string address;
  bool is_enabled = true;
};

struct BrokerFacts {
  std::string name;
  std::string version;
  std::uint64_t started_us = 0;
  std::uint64_t now_us = 0;
  std::uint64_t outbox_bytes = 0;
  Counters traffic;         // Of all clients that ever were.
  bool is_complete = true;  // Every event loop answered in time.
  std::vector<TransportFacts> transports;
  bool has_log = false;  // A transaction log.
  LogFacts log;
  Counters log_writes;
  std::vector<ClientFacts> clients;
  std::vector<TopicFacts> topics;
};

class FactsSource {
 public:
  virtual ~FactsSource() = default;
  virtual BrokerFacts collect(bool with_subscriptions) = 0;
  // Fail when there is no such thing. A transport is named by its position.
  virtual Status disconnect(std::uint64_t client) = 0;
  virtual Status enable_transport(std::size_t transport, bool is_enabled) = 0;
  // Everybody whose rights were given by a module or callback is disconnected, and has to log on anew.
  virtual Status reset_entitlement() = 0;
};

}  // namespace amps::broker

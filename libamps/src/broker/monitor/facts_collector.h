// SPDX-License-Identifier: Apache-2.0
// Asks the parts of a running broker what they know. Each event loop tells of its own connections, so that
// no session has to share its state.
// Threads: the HTTP server's. Blocks: up to a second, for loops that do not answer. Lock rank: kLeaf.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "broker/configuration.h"
#include "broker/connection_registry.h"
#include "broker/io_thread.h"
#include "broker/journal/journal.h"
#include "broker/monitor/broker_facts.h"
#include "broker/monitor/rates.h"
#include "broker/outbox.h"
#include "broker/statistics.h"
#include "broker/topic_spaces.h"

namespace amps::broker {

// Everything outlives the collector.
struct FactsParts {
  const Configuration& configuration;
  const Clock& clock;
  const TopicSpaces& spaces;
  const OutboxLimits& limits;
  const Statistics& statistics;
  const Journal* journal;  // None: there is no transaction log.
  ConnectionRegistry& registry;
  const std::vector<std::unique_ptr<IoThread>>& threads;
  std::string_view version;
  std::function<std::vector<TransportFacts>()> transports;
  std::function<Status(std::size_t, bool)> enable_transport;
};

class FactsCollector final : public FactsSource {
 public:
  explicit FactsCollector(FactsParts parts);
  BrokerFacts collect(bool with_subscriptions) override;
  void sample();  // Once an interval, for the rates.
  Status disconnect(std::uint64_t client) override;
  Status enable_transport(std::size_t transport, bool is_enabled) override;
  Status reset_entitlement() override;

 private:
  BrokerFacts collect_all(bool with_subscriptions) const;
  void collect_clients(bool with_subscriptions, BrokerFacts* out) const;
  void collect_topics(BrokerFacts* out) const;
  void collect_log(BrokerFacts* out) const;

  const FactsParts parts_;
  const std::uint64_t started_us_;
  Rates rates_;
};

}  // namespace amps::broker

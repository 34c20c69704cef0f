// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/facts_collector.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "base/sync.h"
#include "broker/configuration_checks.h"

namespace amps::broker {

namespace {

constexpr std::chrono::seconds kPatience(1);

// Answers of event loops, of which some may come when nobody waits any more.
struct Answers {
  Mutex mutex{LockRank::kLeaf};
  CondVar changed;
  std::size_t missing AMPS_GUARDED_BY(mutex) = 0;
  std::vector<ClientFacts> clients AMPS_GUARDED_BY(mutex);
};

struct Source {
  std::string operator()(const SowTopicConfiguration&) const { return {}; }
  std::string operator()(const QueueConfiguration& queue) const { return queue.underlying_topic; }
  std::string operator()(const ViewConfiguration& view) const { return view.source; }
  std::string operator()(const ConflatedTopicConfiguration& topic) const { return topic.source; }
};

}  // namespace

FactsCollector::FactsCollector(FactsParts parts)
    : parts_(std::move(parts)), started_us_(parts_.clock.utc_us()) {}

BrokerFacts FactsCollector::collect(bool with_subscriptions) {
  BrokerFacts facts;
  facts.name = parts_.configuration.name;
  facts.version = parts_.version;
  facts.started_us = started_us_;
  facts.now_us = std::max(parts_.clock.utc_us(), started_us_);
  facts.outbox_bytes = parts_.limits.total_bytes.load(std::memory_order_relaxed);
  facts.transports = parts_.transports();
  collect_clients(with_subscriptions, &facts);
  collect_topics(&facts);
  return facts;
}

void FactsCollector::collect_clients(bool with_subscriptions, BrokerFacts* out) const {
  const auto answers = std::make_shared<Answers>();  // Of this call and of each loop that is asked.
  {
    MutexLock lock(answers->mutex);
    answers->missing = parts_.threads.size();
  }
  for (const auto& thread : parts_.threads) {
    thread->describe(with_subscriptions, [answers](std::vector<ClientFacts> clients) {
      MutexLock lock(answers->mutex);
      std::move(clients.begin(), clients.end(), std::back_inserter(answers->clients));
      --answers->missing;
      answers->changed.notify_all();
    });
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  MutexLock lock(answers->mutex);
  while (answers->missing != 0 && answers->changed.wait_until(answers->mutex, deadline)) {
  }
  out->is_complete = answers->missing == 0;
  out->clients = std::move(answers->clients);
  std::sort(out->clients.begin(), out->clients.end(),
            [](const ClientFacts& left, const ClientFacts& right) { return left.id < right.id; });
}

void FactsCollector::collect_topics(BrokerFacts* out) const {
  for (const StateConfiguration& state : parts_.configuration.sow) {
    TopicFacts facts;
    facts.kind = std::holds_alternative<SowTopicConfiguration>(state) ? TopicFactsKind::kSow
                 : std::holds_alternative<QueueConfiguration>(state)  ? TopicFactsKind::kQueue
                 : std::holds_alternative<ViewConfiguration>(state)   ? TopicFactsKind::kView
                                                                      : TopicFactsKind::kConflated;
    facts.topic = state_name(state);
    facts.message_type = state_message_type(state);
    facts.source = std::visit(Source(), state);
    if (TopicSpace* const space = parts_.spaces.find(facts.message_type)) {
      MutexLock lock(space->mutex());
      const Topic* const topic = space->find(facts.topic);
      const RecordStore* const records =
          topic == nullptr || topic->store == nullptr ? nullptr : topic->store->records();
      if (records != nullptr) {
        facts.record_count = records->count();
        facts.memory_bytes = records->memory_bytes();
      }
    }
    out->topics.push_back(std::move(facts));
  }
}

Status FactsCollector::disconnect(std::uint64_t client) {
  if (parts_.registry.close(client, Disconnect::kAdmin)) return {};
  return Status(AMPS_E_USAGE, "there is no client " + std::to_string(client));
}

Status FactsCollector::enable_transport(std::size_t transport, bool is_enabled) {
  return parts_.enable_transport(transport, is_enabled);
}

Status FactsCollector::reset_entitlement() {
  parts_.registry.close_all(Disconnect::kEntitlementReset);
  return {};
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/facts_collector.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "base/sync.h"
#include "broker/configuration_checks.h"
#include "broker/queue/queue_topic.h"
#include "broker/sow/history.h"

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

std::uint64_t load(const Statistics::Counter& counter) noexcept {
  return counter.load(std::memory_order_relaxed);
}

struct Source {
  std::string operator()(const SowTopicConfiguration&) const { return {}; }
  std::string operator()(const QueueConfiguration& queue) const { return queue.underlying_topic; }
  std::string operator()(const ViewConfiguration& view) const { return view.source; }
  std::string operator()(const ConflatedTopicConfiguration& topic) const { return topic.source; }
};

// What the configuration says of a kind.
struct Texts {
  using List = std::vector<std::pair<std::string_view, std::string>>;
  List operator()(const SowTopicConfiguration& topic) const { return {{"path", topic.file_name}}; }
  List operator()(const QueueConfiguration& queue) const { return {{"filter", queue.filter}}; }
  List operator()(const ViewConfiguration& view) const {
    return {{"projection", joined(view.projection)},
            {"grouping", joined(view.grouping)},
            {"filter", view.filter},
            {"conflation", view.inline_conflation ? "inline" : "none"}};
  }
  List operator()(const ConflatedTopicConfiguration& topic) const {
    return {{"interval", std::to_string(topic.interval_ms) + "ms"}, {"filter", topic.filter}};
  }
  static std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) all += (all.empty() ? "" : ",") + part;
    return all;
  }
};

void describe_records(const Topic& topic, TopicFacts* out) {
  const RecordStore* const records = topic.store == nullptr ? nullptr : topic.store->records();
  if (records == nullptr) return;
  out->record_count = records->count();
  const History* const history = topic.store->history();
  out->memory_bytes = records->memory_bytes() + (history == nullptr ? 0 : history->memory_bytes());
  const auto changes = [&topic](ChangeKind kind) {
    return topic.counts.changes[static_cast<std::size_t>(kind)];
  };
  out->counts = {{"insert_count", changes(ChangeKind::kInsert)},
                 {"update_count", changes(ChangeKind::kUpdate)},
                 {"delete_count", changes(ChangeKind::kDelete)},
                 {"expire_count", changes(ChangeKind::kExpire)},
                 {"query_count", topic.counts.queries}};
}

}  // namespace

FactsCollector::FactsCollector(FactsParts parts)
    : parts_(std::move(parts)), started_us_(parts_.clock.utc_us()) {}

BrokerFacts FactsCollector::collect(bool with_subscriptions) {
  BrokerFacts facts = collect_all(with_subscriptions);
  rates_.fill(&facts);
  return facts;
}

void FactsCollector::sample() {
  rates_.sample(collect_all(false), parts_.clock.steady_ms());
}

BrokerFacts FactsCollector::collect_all(bool with_subscriptions) const {
  BrokerFacts facts;
  facts.name = parts_.configuration.name;
  facts.version = parts_.version;
  facts.started_us = started_us_;
  facts.now_us = std::max(parts_.clock.utc_us(), started_us_);
  facts.outbox_bytes = parts_.limits.total_bytes.load(std::memory_order_relaxed);
  const Statistics& statistics = parts_.statistics;
  facts.traffic = {{"bytes_in", load(statistics.bytes_in)},
                   {"bytes_out", load(statistics.bytes_out)},
                   {"messages_in", load(statistics.messages_in)},
                   {"messages_out", load(statistics.messages_out)}};
  facts.transports = parts_.transports();
  collect_clients(with_subscriptions, &facts);
  collect_topics(&facts);
  collect_log(&facts);
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
    facts.texts = std::visit(Texts(), state);
    if (TopicSpace* const space = parts_.spaces.find(facts.message_type)) {
      MutexLock lock(space->mutex());
      const Topic* const topic = space->find(facts.topic);
      if (topic != nullptr) describe_records(*topic, &facts);
      if (topic != nullptr && topic->queue != nullptr) topic->queue->describe(&facts);
    }
    out->topics.push_back(std::move(facts));
  }
}

void FactsCollector::collect_log(BrokerFacts* out) const {
  if (parts_.journal == nullptr) return;
  out->has_log = true;
  out->log = parts_.journal->facts();
  out->log_writes = {{"writes", out->log.write_count},
                     {"written_bytes", out->log.write_bytes},
                     {"write_us", out->log.write_us}};
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

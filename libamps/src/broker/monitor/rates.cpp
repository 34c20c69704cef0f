// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/rates.h"

#include <algorithm>
#include <utility>

namespace amps::broker {

namespace {

// Calls visit(what, Counters*) for everything that counts.
template <typename Visit>
void for_each_counters(BrokerFacts* facts, Visit visit) {
  visit("all", &facts->traffic);
  visit("log", &facts->log_writes);
  for (ClientFacts& client : facts->clients) visit("client " + std::to_string(client.id), &client.traffic);
  for (TopicFacts& topic : facts->topics)
    visit("topic " + topic.message_type + " " + topic.topic, &topic.counts);
}

}  // namespace

void Rates::sample(BrokerFacts facts, std::uint64_t now_ms) {
  const std::uint64_t passed_ms = now_ms - sampled_ms_;
  std::unordered_map<std::string, Counters> sampled;
  for_each_counters(&facts, [&](const std::string& what, Counters* counters) {
    const auto found = sampled_.find(what);
    const Counters before = found == sampled_.end() ? Counters() : found->second;
    for (std::size_t i = 0; has_sample_ && passed_ms != 0 && i < counters->size(); ++i) {
      Counter& counter = (*counters)[i];
      const std::uint64_t value = i < before.size() ? before[i].value : 0;
      if (counter.value > value) counter.per_second = (counter.value - value) * 1000 / passed_ms;
    }
    sampled.emplace(what, std::move(*counters));
  });
  sampled_ = std::move(sampled);
  sampled_ms_ = now_ms;
  has_sample_ = true;
}

void Rates::fill(BrokerFacts* facts) const {
  for_each_counters(facts, [this](const std::string& what, Counters* counters) {
    const auto found = sampled_.find(what);
    if (found == sampled_.end()) return;
    const Counters& sampled = found->second;
    for (std::size_t i = 0; i < std::min(counters->size(), sampled.size()); ++i)
      (*counters)[i].per_second = sampled[i].per_second;
  });
}

}  // namespace amps::broker

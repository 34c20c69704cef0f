// SPDX-License-Identifier: Apache-2.0
// One topic of one message type: who subscribes to it by name, what it keeps, and the route its
// messages take, which is worked out when the first message comes and follows the subscriptions from then on.
// Threads: under the lock of the topic space.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "broker/change.h"
#include "broker/route.h"
#include "broker/store.h"
#include "broker/subscription.h"

namespace amps::broker {

enum class TopicKind {
  kOrdinary,
  kDiscard,   // /AMPS/devnull: accepts and forgets.
  kReserved,  // Other names that begin with /AMPS: only the broker publishes.
};

class QueueTopic;
class RankedTopic;

// What has happened to a topic since the start.
struct TopicCounts {
  std::array<std::uint64_t, kChangeKindCount> changes{};  // By kind.
  std::uint64_t queries = 0;
};

struct Topic {
  explicit Topic(std::string topic_name);

  bool is_idle() const noexcept {
    return literal_subscriptions.empty() && store == nullptr && observers.empty() && queue == nullptr;
  }

  const std::string name;
  const TopicKind kind;
  bool is_logged = false;  // Its messages are in the transaction log.
  std::unique_ptr<Store> store;
  QueueTopic* queue = nullptr;            // Of this name; borrowed. All its subscriptions are consumers.
  std::string publish_target;             // What is published to the queue's name goes there.
  std::vector<TopicObserver*> observers;  // Borrowed; in the order they are told.
  std::unordered_set<const Subscription*> literal_subscriptions;
  TopicCounts counts;

  // Of pages, by filter and order. The pages own them; what is left of one that is gone is swept out.
  std::map<std::string, std::weak_ptr<RankedTopic>> rankings;
  bool is_private = false;  // It is in no space: patterns do not match it.

  // Valid while `route_generation` is that of the space; then kept so by the space.
  Route route;
  std::uint64_t route_generation = 0;
};

}  // namespace amps::broker

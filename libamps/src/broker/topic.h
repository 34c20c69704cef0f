// SPDX-License-Identifier: Apache-2.0
// One topic of one message type: who subscribes to it by name, what it keeps, and the route its
// messages take, which is worked out when a message comes and kept until subscriptions change.
// Threads: under the lock of the topic space.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/change.h"
#include "broker/delivery_group.h"
#include "broker/store.h"
#include "broker/subscription.h"

namespace amps::broker {

enum class TopicKind {
  kOrdinary,
  kDiscard,   // /AMPS/devnull: accepts and forgets.
  kReserved,  // Other names that begin with /AMPS: only the broker publishes.
};

// A client some of whose subscriptions must be asked about each message: SelectiveDelivery.
struct FilteredRecipient {
  Outbox* outbox;
  std::vector<const Subscription*> subscriptions;
};

class RankedTopic;

struct Topic {
  explicit Topic(std::string topic_name);

  bool is_idle() const noexcept {
    return literal_subscriptions.empty() && store == nullptr && observers.empty();
  }

  const std::string name;
  const TopicKind kind;
  bool is_logged = false;  // Its messages are in the transaction log.
  std::unique_ptr<Store> store;
  std::vector<TopicObserver*> observers;  // Borrowed; in the order they are told.
  std::vector<const Subscription*> literal_subscriptions;

  // Of pages, by filter and order. The pages own them; what is left of one that is gone is swept out.
  std::map<std::string, std::weak_ptr<RankedTopic>> rankings;
  bool is_private = false;  // It is in no space: patterns do not match it.

  // The route. Valid while `route_generation` is that of the space and not 0.
  std::uint64_t route_generation = 0;
  std::vector<DeliveryGroup> groups;
  std::vector<DeliveryGroup> groups_for_empty;  // Only when has_skip_empty: the receivers of empty messages.
  std::vector<FilteredRecipient> filtered;
  bool filtered_timestamp = false;  // Somebody in `filtered` wants the time …
  bool filtered_bookmark = false;   // … or the bookmark.
  bool has_skip_empty = false;
};

// Works out the route of a topic whose messages go to `matching`, which is sorted on return.
void build_route(Topic* topic, std::vector<const Subscription*>* matching);

}  // namespace amps::broker

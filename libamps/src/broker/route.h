// SPDX-License-Identifier: Apache-2.0
// Where the messages of a topic go. Clients that receive every message in the very same bytes are groups;
// clients with a filter, deltas or out-of-focus messages are selective, with all their subscriptions,
// because a client gets a message once. Coming and going cost the same for one subscription as for a
// hundred thousand; only the ids of plain clients are put together anew, when a message comes.
// Threads: under the lock of the topic space. Borrows subscriptions and outboxes until they are removed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random_hash.h"
#include "broker/delivery_group.h"
#include "broker/filter_index.h"
#include "broker/subscription.h"

namespace amps::broker {

// Subscriptions of one client stand together, in the order of subscribing.
struct ByClient {
  bool operator()(const Subscription* left, const Subscription* right) const noexcept {
    if (left->outbox != right->outbox) return std::less<>{}(left->outbox, right->outbox);
    return left->order < right->order;
  }
};

class Route {
 public:
  explicit Route(std::string_view topic) : topic_(topic) {}  // A view that outlives the route.

  // Requires: outbox and order are set, and do not change until remove().
  void add(const Subscription& subscription);
  void remove(const Subscription& subscription);  // One that is not there is ignored.
  void clear();                                   // Looks at no subscription.

  // Before groups are used. True: the groups are others than before.
  bool has_news() const noexcept { return !stale_.empty() || for_empty_is_stale_; }
  void refresh();
  // The groups of a message, which may be empty.
  std::vector<DeliveryGroup>* groups(bool message_is_empty) noexcept {
    return message_is_empty && skip_empty_count_ != 0 ? &for_empty_.groups : &all_.groups;
  }

  bool has_selective() const noexcept { return filters_ != nullptr || !always_.empty(); }
  // Selective subscriptions without a filter.
  const std::set<const Subscription*, ByClient>& always() const noexcept { return always_; }
  // Those with a filter. None: null.
  FilterIndex* filters() const noexcept { return filters_.get(); }
  const Subscription* subscription(FilterIndex::Id id) const noexcept { return by_id_[id]; }
  bool has_out_of_focus() const noexcept { return out_of_focus_count_ != 0; }
  bool selective_wants_timestamp() const noexcept { return timestamp_count_ != 0; }
  bool selective_wants_bookmark() const noexcept { return bookmark_count_ != 0; }  // A filter may, too.

 private:
  struct Client {
    std::map<std::uint64_t, const Subscription*> subscriptions;  // By order.
    std::size_t selective_count = 0;                             // Above 0: all are selective.
    bool stale = false;
    std::string group, group_for_empty;  // Keys of the groups it is in; empty: none.
  };
  struct Groups {
    std::vector<DeliveryGroup> groups;
    std::vector<std::string> keys;  // By group.
    std::unordered_map<std::string, std::size_t, RandomHash> index;
  };

  void join(Groups* groups, Outbox* outbox, const Client& client, bool for_empty, std::string* key) const;
  static void leave(Groups* groups, Outbox* outbox, std::string* key);
  void leave_groups(Outbox* outbox, Client* client);
  void make_stale(Outbox* outbox, Client* client);
  void group_for_empty();
  void select(const Subscription& subscription);
  void deselect(const Subscription& subscription);
  void count_wishes(const Subscription& subscription, bool comes) noexcept;

  const std::string_view topic_;
  std::unordered_map<Outbox*, Client> clients_;
  std::vector<Outbox*> stale_;  // Plain clients whose groups have to be found; some may be gone.
  Groups all_;
  Groups for_empty_;  // Kept only while somebody does not want messages without a body.
  std::size_t skip_empty_count_ = 0;
  bool for_empty_is_stale_ = false;  // The first has come, or the last has gone.

  std::set<const Subscription*, ByClient> always_;
  std::unique_ptr<FilterIndex> filters_;  // Only while there are some.
  std::vector<const Subscription*> by_id_;
  std::unordered_map<const Subscription*, FilterIndex::Id> ids_;
  std::size_t out_of_focus_count_ = 0;  // Of the selective.
  std::size_t timestamp_count_ = 0;     // Likewise.
  std::size_t bookmark_count_ = 0;      // Likewise.
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// What one client asked to receive.
// Threads: made and owned by the session; while it is in a topic space everything but `id` is read
// under the space's lock and never changes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/conflation.h"
#include "broker/delivery_group.h"
#include "broker/filter.h"
#include "broker/format/select_list.h"
#include "broker/security/rights.h"
#include "broker/subscription_feed.h"
#include "broker/topic_pattern.h"

namespace amps::broker {

class QueueTopic;

struct Subscription {
  std::string id;
  std::string topic;
  std::unique_ptr<TopicPattern> pattern;  // None: the topic is literal.
  std::unique_ptr<Filter> filter;         // None: every message.
  std::string filter_text;                // As the client wrote it.
  std::string effective_text;             // What `filter` says: the user's rights too.
  // None: they do not limit what is read. Of the session, of this and of its variants.
  std::shared_ptr<const Rights> rights;
  const Filter* hidden_unless = nullptr;  // The part of `filter` that comes from the rights.
  // Of a pattern, for topics that a rule with a filter is about: the same with that filter, by rule.
  std::vector<std::unique_ptr<Subscription>> variants;
  std::string options;
  DeliveryFields fields;      // What messages carry besides topic and ids.
  bool skip_empty = false;    // Messages without a body, or deltas without a change, are left out.
  bool delta = false;         // Updates say only what changed.
  bool out_of_focus = false;  // An `oof` tells when a record no longer matches.
  // Of top_n, skip_n and order_by of a query, which were given: a replacement gives the same ones again.
  unsigned limits = 0;
  bool is_replay = false;                    // Read from the transaction log: it is not in the topic space.
  std::unique_ptr<Conflation> conflation;    // None: every message is sent at once, but see held_by.
  Conflation* held_by = nullptr;             // Its own, or, of a variant, that of what it is a variant of.
  std::shared_ptr<const SelectList> select;  // None: whole messages. Shared with the variants.
  std::unique_ptr<SubscriptionFeed> feed;    // Instead of the topic's messages; none: those.
  std::uint64_t backlog_max = 1;      // Of queues: messages it may hold unacknowledged, in all of them.
  std::vector<QueueTopic*> queues;    // Set by the topic space: those it is a consumer of.
  Outbox* outbox = nullptr;           // Of the client; outlives the subscription.
  FilterCost* filter_cost = nullptr;  // Likewise.
  std::uint64_t order = 0;            // Set by the topic space: ids are listed in the order of subscribing.

  // What it is for a topic that it matches. None: the user may not read it.
  const Subscription* entitled(std::string_view topic_name) const noexcept;
  // Its messages are its own: they are not shared with other subscriptions of the client.
  bool is_shaped() const noexcept { return select != nullptr || held_by != nullptr; }
};

}  // namespace amps::broker

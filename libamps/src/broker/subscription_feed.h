// SPDX-License-Identifier: Apache-2.0
// What feeds a subscription that does not simply get the messages of its topic: pages, aggregates.
// Threads: under the lock of the topic space, inside a block.
#pragma once

#include <vector>

#include "broker/sow/record.h"

namespace amps::broker {

struct Subscription;

class SubscriptionFeed {
 public:
  virtual ~SubscriptionFeed() = default;
  // From here to leave() the subscription is told of every change.
  virtual void enter(const Subscription* subscription) = 0;
  virtual void leave() = 0;
  // What a query of the same kind would return now, in order. Between enter() and leave().
  virtual std::vector<RecordRef> records() = 0;
};

}  // namespace amps::broker

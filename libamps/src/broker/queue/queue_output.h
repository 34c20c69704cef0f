// SPDX-License-Identifier: Apache-2.0
// What a queue asks of the world and tells it. Calls are made in the order things happen, while an event
// is handled; they never call the queue back.
// Threads: of the queue.
#pragma once

#include <cstdint>

#include "broker/queue/fairness.h"
#include "broker/queue/queue_message.h"

namespace amps::broker {

// Names a predicate over messages. Consumers of one filter share what was found out about messages.
using FilterId = std::uint32_t;
constexpr FilterId kNoFilter = 0;  // Every message.

enum class Removal {
  kAcknowledged,
  kDelivered,     // At most once, and barriers: nobody acknowledges them.
  kTimeLimit,     // From here on: expired, with the reason.
  kForcedExpire,  // A consumer said so.
  kMaxCancels,
  kMaxDeliveries,
};

class QueueOutput {
 public:
  virtual ~QueueOutput() = default;
  // Never asked about kNoFilter. The answer for a message must stay the same.
  virtual bool matches(FilterId filter, const QueueMessage& message) = 0;
  virtual void deliver(ConsumerId consumer, const QueueMessage& message) = 0;
  // The message is no longer in the queue. With kDelivered: comes after its deliveries.
  virtual void remove(const QueueMessage& message, Removal why) = 0;
};

}  // namespace amps::broker

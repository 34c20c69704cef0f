// SPDX-License-Identifier: Apache-2.0
// What a message of a queue says, as it came out of the log.
// Threads: made by the feeder, then under the lock of the topic space; the record on any.
#pragma once

#include <string>
#include <string_view>

#include "broker/queue/queue_message.h"
#include "broker/sow/record.h"

namespace amps::broker {

struct QueueBody final : QueueContent {
  RecordRef record;   // Its key is the bookmark, by which browsers name the message.
  std::string topic;  // Where it was published.
  std::string key;    // Its key in that topic; empty without state.
  std::string user;   // Authenticated id of the publisher.
};

inline const QueueBody& body_of(const QueueMessage& message) noexcept {
  return static_cast<const QueueBody&>(*message.content);
}

}  // namespace amps::broker

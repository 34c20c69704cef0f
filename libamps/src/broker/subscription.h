// SPDX-License-Identifier: Apache-2.0
// What one client asked to receive.
// Threads: made and owned by the session; while it is in a topic space everything but `id` is read
// under the space's lock and never changes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "broker/filter.h"
#include "broker/topic_pattern.h"

namespace amps::broker {

class Outbox;

struct Subscription {
  std::string id;
  std::string topic;
  std::unique_ptr<TopicPattern> pattern;  // None: the topic is literal.
  std::unique_ptr<Filter> filter;         // None: every message.
  std::string filter_text;
  std::string options;
  bool timestamp = false;    // Messages carry the time of their processing.
  bool skip_empty = false;   // Messages without a body are left out.
  Outbox* outbox = nullptr;  // Of the client; outlives the subscription.
  std::uint64_t order = 0;   // Set by the topic space: ids are listed in the order of subscribing.
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// The topic spaces of a broker, one a message type. The set never changes after construction.
// Threads: any.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "broker/message_types.h"
#include "broker/topic_space.h"

namespace amps::broker {

// Types in which the broker can write messages of its own.
bool is_event_type(std::string_view name) noexcept;

class TopicSpaces {
 public:
  TopicSpaces(const Clock& clock, Statistics* statistics, MessageTypes types = MessageTypes());
  TopicSpace* find(std::string_view message_type) const noexcept;  // None: not served.
  const std::vector<std::unique_ptr<TopicSpace>>& all() const noexcept { return spaces_; }
  const MessageTypes& types() const noexcept { return *types_; }
  // For what may outlive the spaces and uses their formats.
  std::shared_ptr<const MessageTypes> shared_types() const noexcept { return types_; }

 private:
  const std::shared_ptr<const MessageTypes> types_;  // First, because the spaces use its formats.
  std::vector<std::unique_ptr<TopicSpace>> spaces_;
};

}  // namespace amps::broker

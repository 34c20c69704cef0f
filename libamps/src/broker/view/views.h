// SPDX-License-Identifier: Apache-2.0
// The topics of a broker that are made of other topics.
// Threads: made and destroyed by the owner, when nobody is served; otherwise under the locks of their
// topic spaces.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "broker/configuration_state.h"
#include "broker/filter.h"
#include "broker/topic_spaces.h"
#include "broker/view/conflated_topic.h"

namespace amps::broker {

class Views {
 public:
  Views(const TopicSpaces& spaces, const InstanceFacts* instance) : spaces_(spaces), instance_(instance) {}

  // Declares what is derived, in the order it was configured in, with what the sources have by now.
  Status open(const std::vector<StateConfiguration>& declared);

 private:
  Status open_conflated(const ConflatedTopicConfiguration& configuration);

  const TopicSpaces& spaces_;
  const InstanceFacts* const instance_;
  std::vector<std::unique_ptr<ConflatedTopic>> conflated_topics_;
};

}  // namespace amps::broker

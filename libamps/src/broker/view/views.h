// SPDX-License-Identifier: Apache-2.0
// The topics of a broker that are made of other topics.
// Threads: made and destroyed by the owner, when nobody is served; otherwise under the locks of their
// topic spaces.
#pragma once

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/status.h"
#include "broker/configuration_state.h"
#include "broker/filter.h"
#include "broker/topic_spaces.h"
#include "broker/view/conflated_topic.h"
#include "broker/view/view.h"
#include "net/event_loop.h"

namespace amps::broker {

class Views {
 public:
  Views(const TopicSpaces& spaces, const InstanceFacts* instance, LogSink* log)
      : spaces_(spaces), instance_(instance), log_(*log) {}

  // Declares what is derived, in the order it was configured in, with what the sources have by now.
  Status open(const std::vector<StateConfiguration>& declared);
  // Has views of several message types do their work on this loop, which outlives the sessions.
  void work_on(net::EventLoop* loop);
  // Does all that would come later: views take in what came from other types, and conflated topics what waits
  // for the ends of intervals. False: not in time, because publishers were faster. Threads: any that holds no
  // lock, once it is open.
  bool catch_up(std::chrono::steady_clock::time_point deadline);

 private:
  Status open_view(const ViewConfiguration& configuration);
  Status open_conflated(const ConflatedTopicConfiguration& configuration);
  static bool catch_up(TopicSpace* space, TimedWork* work, const Clock& clock,
                       std::chrono::steady_clock::time_point deadline);

  const TopicSpaces& spaces_;
  const InstanceFacts* const instance_;
  LogSink& log_;
  std::vector<std::unique_ptr<View>> views_;
  std::vector<std::unique_ptr<ConflatedTopic>> conflated_topics_;
  std::vector<std::pair<TopicSpace*, TimedWork*>> stages_;  // Both, as declared: what comes later depends.
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// What is published about messages that expire in a queue (broker 9.8): the actions of its configuration.
// Threads: made by the owner; publish() holding no lock of a topic space.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "broker/configuration_state.h"
#include "broker/journal/bookmark_id.h"
#include "broker/queue/queue_output.h"
#include "broker/sow/record.h"
#include "broker/topic_spaces.h"

namespace amps::broker {

// A message that is no longer in its queue, though the log does not say so yet: it is published first, so
// that a crash in between publishes it twice rather than never.
struct DeadLetter {
  BookmarkId id;
  Removal why = Removal::kTimeLimit;
  RecordRef record;   // Its key is the bookmark.
  std::string topic;  // Where it was published.
  std::string key;    // Its key in that topic.
};

// AMPS_REASON of an expired message.
std::string_view removal_text(Removal why) noexcept;

class DeadLetters {
 public:
  struct Parts {
    const TopicSpaces* spaces = nullptr;
    const Clock* clock = nullptr;
    LogSink* log = nullptr;
    std::string instance;
  };
  // Of the actions, those of this queue. Borrows them.
  DeadLetters(const QueueConfiguration& queue, const std::vector<ExpireActionConfiguration>& actions,
              const Parts& parts);

  bool wants(Removal why) const noexcept;
  // False: the log does not take it now; it is to be tried again.
  bool publish(const DeadLetter& letter) const;

 private:
  std::string expand(const std::string& text, const DeadLetter& letter) const;

  const std::string queue_;
  const Parts parts_;
  std::vector<const ExpireActionConfiguration*> actions_;
};

}  // namespace amps::broker

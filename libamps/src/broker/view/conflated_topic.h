// SPDX-License-Identifier: Apache-2.0
// A copy of a topic whose records change no more often than an interval allows (broker 6.2). The first
// change of a record starts its interval; at the end the record becomes what it is in the source then.
// Threads: under the lock of the topic space. Owns: the keys of records that wait, so at most one a record.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/random_hash.h"
#include "base/status.h"
#include "broker/change.h"
#include "broker/configuration_state.h"
#include "broker/filter.h"
#include "broker/sow/computed_fields.h"
#include "broker/timed_work.h"
#include "broker/topic_space.h"
#include "broker/view/derived_topic.h"

namespace amps::broker {

class ConflatedTopic final : public TopicObserver, public TimedWork {
 public:
  // Declares it, with what the source has now. Fails when the source has no records or the filter does
  // not compile. The caller keeps it as long as the space.
  static Status make(TopicSpace* space, const ConflatedTopicConfiguration& configuration,
                     const InstanceFacts* instance, std::unique_ptr<ConflatedTopic>* out)
      AMPS_REQUIRES(space->mutex());

  void on_change(const Change& change) override;
  std::uint64_t run_due(std::uint64_t now_ms) override;

 private:
  struct Waiting {
    std::uint64_t due_ms;
    std::string key;
  };
  explicit ConflatedTopic(TopicSpace* space) : space_(*space) {}
  void refresh(const std::string& key);
  bool accepts(const Record& record) const;
  void put(const Record& record);

  TopicSpace& space_;
  Topic* source_ = nullptr;
  DerivedTopic* copy_ = nullptr;
  std::uint64_t interval_ms_ = 0;
  std::unique_ptr<Filter> filter_;  // None: every record.
  std::unique_ptr<ComputedFields> enrichment_;
  const InstanceFacts* instance_ = nullptr;
  Buffer enriched_;
  std::deque<Waiting> waiting_;  // In the order of their times.
  std::unordered_set<std::string, RandomHash> keys_;
};

}  // namespace amps::broker

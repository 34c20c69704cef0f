// SPDX-License-Identifier: Apache-2.0
// A topic whose records are the groups of other topics' records (broker 7.2). It follows its sources change
// by change; sources of its own message type under the lock they share, so it is never behind, others
// through a bounded inbox.
// Threads: as the members say. Lock order: a source's topic space, then the inbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/status.h"
#include "broker/change.h"
#include "broker/configuration_state.h"
#include "broker/timed_work.h"
#include "broker/topic_spaces.h"
#include "broker/view/aggregation.h"
#include "broker/view/derived_topic.h"
#include "broker/view/join.h"
#include "broker/view/view_inbox.h"
#include "broker/view/view_plan.h"

namespace amps::broker {

class View final : public TimedWork, Aggregation::Output {
 public:
  // Declares the view, with what its sources have now. Fails when a source has no records, or an expression
  // does not compile. The caller keeps it as long as the spaces, and nobody is served meanwhile.
  static Status make(const TopicSpaces& spaces, const ViewConfiguration& configuration, LogSink* log,
                     std::unique_ptr<View>* out);
  ~View() override;
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  TopicSpace& space() const noexcept { return space_; }
  // `wake` has run_due() called soon, from any thread. Before anybody is served.
  void set_wake(std::function<void()> wake) { inbox_.set_wake(std::move(wake)); }
  // Takes in what came from other message types.
  std::uint64_t run_due(std::uint64_t now_ms) override;

 private:
  class SourceObserver;
  class LatestGroups;
  View(TopicSpace* space, const ViewConfiguration& configuration, LogSink* log);
  Status open(const TopicSpaces& spaces, const ViewConfiguration& configuration);
  Status plan(const MessageTypes& types, const ViewConfiguration& configuration);
  Status find_source(const TopicSpaces& spaces, std::size_t index);
  void fill();
  void apply(std::size_t source, std::string_view key, const RecordRef& record, Aggregation::Output* output);
  Join::Values join_values(std::size_t source, const RecordRef& record);
  void put_group(std::string_view identity, std::string_view body) override;
  void remove_group(std::string_view identity) override;

  TopicSpace& space_;
  LogSink& log_;
  const std::string name_;
  const std::string domain_;  // Of the keys.
  const bool is_inline_;
  DerivedTopic* topic_ = nullptr;
  std::unique_ptr<ViewPlan> plan_;
  std::unique_ptr<Aggregation> aggregation_;
  std::unique_ptr<Join> join_;  // None: one source.
  std::vector<std::vector<FieldPlan::Slot>> join_slots_;
  std::vector<FieldValues> join_fields_;
  std::vector<std::unique_ptr<SourceObserver>> observers_;
  ViewInbox inbox_;
  std::vector<ViewInbox::Item> taken_;  // Out of the inbox …
  std::size_t done_ = 0;                // … and how many of them are applied.
};

}  // namespace amps::broker

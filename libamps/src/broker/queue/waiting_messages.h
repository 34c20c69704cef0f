// SPDX-License-Identifier: Apache-2.0
// The messages of a queue that wait for a consumer, in the order of delivery, and for each interest the
// first of them that it matches. An interest looks at a message at most once while the message waits,
// and only when one of its consumers could take it, so a million messages nobody wants cost nothing.
// Threads: of the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "broker/queue/queue_entry.h"
#include "broker/queue/queue_output.h"

namespace amps::broker {

class WaitingMessages {
 public:
  explicit WaitingMessages(QueueOutput* output) : output_(*output) {}

  void add(QueueEntry* entry);
  void remove(const QueueEntry& entry);
  std::size_t size() const noexcept { return waiting_.size(); }

  // Messages at and after this position wait for a barrier.
  void set_limit(std::uint64_t position);

  // The interest of this filter, made if need be. Interests nobody is a member of are to be given back.
  Interest* open(FilterId filter, const LoadOrder& order);
  void close(Interest* interest);
  // Whether the interest has a consumer with room. One without looks at nothing.
  void set_hungry(Interest* interest, bool hungry);

  // The first message that a hungry interest matches. None: nothing can be delivered.
  QueueEntry* first();
  // Calls visit(Interest*) for the hungry interests whose first message is that of first().
  template <typename Visit>
  void for_each_candidate(Visit visit) const {
    const QueuePlace place = heads_.begin()->first.first;
    for (auto at = heads_.begin(); at != heads_.end() && !(place < at->first.first); ++at) visit(at->second);
  }
  template <typename Visit>
  void for_each_interest(Visit visit) {
    for (auto& [filter, interest] : interests_) visit(&interest);
  }
  // In the order of delivery, until visit(const QueueMessage&) says no.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [place, entry] : waiting_) {
      if (!visit(static_cast<const QueueMessage&>(*entry))) return;
    }
  }

 private:
  using Head = std::pair<QueuePlace, FilterId>;

  void offer(Interest* interest, const QueuePlace& place);
  void look_again(Interest* interest, const QueuePlace& place);
  void unsettle(Interest* interest);
  void forget_head(Interest* interest);
  void find_head(Interest* interest);
  bool is_match(const Interest& interest, const QueueEntry& entry);

  QueueOutput& output_;
  std::uint64_t limit_ = UINT64_MAX;
  std::map<QueuePlace, QueueEntry*> waiting_;
  std::map<FilterId, Interest> interests_;
  bool has_furthest_ = false;
  QueuePlace furthest_;  // No interest has seen anything after it.
  Chain<Interest, &Interest::in_hungry> hungry_;
  std::vector<Interest*> unsettled_;  // Hungry, and may have an earlier first message than known.
  std::map<Head, Interest*> heads_;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Which of many filters accept a message, without trying them one by one: the fields of all are read in
// one pass, and equality and ranges find those that may accept. Only these are evaluated, beside the
// filters that no index can find (docs/guide/filters.md says which); filters with one text are evaluated
// once for all of them.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/expression/equality_index.h"
#include "broker/expression/evaluation.h"
#include "broker/expression/placed_ids.h"
#include "broker/expression/program.h"
#include "broker/expression/range_index.h"
#include "broker/filter.h"

namespace amps::broker {

class FilterIndex {
 public:
  using Id = std::uint32_t;  // Small; used again after remove().

  // `in_focus`: match() is also asked about it when only these are of interest. The cost does not grow with
  // the number of filters. `cost`, of the client and shared by its filters, outlives the place; when it is
  // too much, the filter accepts nothing any more.
  Id add(const Filter& filter, bool in_focus = false, FilterCost* cost = nullptr);
  void remove(Id id);

  bool empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept { return count_; }
  // How many different filters there are, and how many of these are tried on every message.
  std::size_t entry_count() const noexcept { return by_text_.size(); }
  std::size_t tried_count() const noexcept { return tried_.size(); }

  // What match() needs to know of a message. Changes only by add() and remove().
  const FieldPlan& plan() const noexcept { return plan_; }
  // Adds the filters that accept the message, each once, in no order. `context` has the fields of plan() as
  // its source and what is known besides; the instance is that of each filter.
  // `given_up` takes those whose evaluation was given up; none of them accepts.
  void match(EvaluationContext context, bool only_in_focus, EvaluationScratch* scratch, std::vector<Id>* out,
             std::vector<Id>* given_up = nullptr);

 private:
  // The filters that are found by one field.
  struct Field {
    std::size_t users = 0;
    EqualityIndex equalities;
    RangeIndex ranges;
  };
  using Fields = std::map<std::pair<FieldPlan::Slot, std::uint32_t>, Field>;  // By slot and subscript.
  enum class Access : std::uint8_t { kTried, kEquality, kRange };
  using EntryId = PlacedIds::Id;
  // What one text asks, for all filters that have it.
  struct Entry {
    BoundProgram program;  // None: a free place.
    const InstanceFacts* instance = nullptr;
    PlacedIds filters;
    std::size_t in_focus_count = 0;
    std::uint64_t asked = 0;  // Number of the match() that evaluated it.
    Access access = Access::kTried;
    Fields::iterator field = {};  // Unless tried.
    PlacedIds::Place place = 0;   // Among the tried.
    std::vector<EqualityIndex::Link> equalities;
    RangeIndex::Link range;
  };
  // A filter that was added.
  struct Member {
    EntryId entry = 0;
    PlacedIds::Place place = 0;  // Among the filters of the entry.
    bool in_focus = false;
    FilterCost* cost = nullptr;
    bool has_to_know(bool only_in_focus) const noexcept {
      return (in_focus || !only_in_focus) && (cost == nullptr || !cost->is_too_much());
    }
  };
  // A way to find a filter.
  struct Choice {
    const Condition* condition = nullptr;
    std::size_t cost = 0;  // About how many others would be found with it.
  };

  EntryId entry_of(const Filter& filter);
  void place(EntryId id);
  void displace(Entry* entry);
  void compact();
  void use_field(Entry* entry, const Condition& condition);
  void leave_field(Entry* entry);
  void consider(const Entry& entry, const Condition& condition, Choice* best);
  bool somebody_has_to_know(const Entry& entry, bool only_in_focus) const;
  bool place_in_range(EntryId id, const Condition& condition);
  void place_in_equalities(EntryId id, const Condition& condition);

  std::deque<Member> members_;  // By id; their entries point at them.
  std::vector<Id> free_;
  std::size_t count_ = 0;
  std::deque<Entry> entries_;  // The parts of the index point into them.
  std::vector<EntryId> free_entries_;
  std::map<std::pair<std::string_view, const InstanceFacts*>, EntryId> by_text_;  // Texts of the programs.
  std::size_t field_uses_ = 0;  // Fields of all programs together.
  FieldPlan plan_;
  Fields fields_;
  PlacedIds tried_;
  std::uint64_t asked_ = 0;
};

}  // namespace amps::broker

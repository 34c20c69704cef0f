// SPDX-License-Identifier: Apache-2.0
// The groups of a view and what each of them adds up to, kept up to date row by row: a change costs what
// the rows it touches cost, however large their groups are (broker 7.1, 7.2).
// Threads: one at a time. Owns: references to the latest record of each group, and what aggregates need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/buffer.h"
#include "base/random_hash.h"
#include "base/status.h"
#include "broker/expression/aggregate.h"
#include "broker/expression/owned_value.h"
#include "broker/format/document.h"
#include "broker/sow/record.h"
#include "broker/view/view_plan.h"

namespace amps::broker {

class Aggregation {
 public:
  // One record of each source; those that are missing have no fields.
  using Row = std::vector<RecordRef>;
  // Is told what groups have become, in the order in which they were touched. Views die with the call.
  class Output {
   public:
    virtual ~Output() = default;
    virtual void put_group(std::string_view identity, std::string_view body) = 0;
    virtual void remove_group(std::string_view identity) = 0;
  };

  // Borrows the plan.
  explicit Aggregation(const ViewPlan* plan);
  Aggregation(const Aggregation&) = delete;
  Aggregation& operator=(const Aggregation&) = delete;

  // The rows an owner has from now on, instead of those it had; an owner is a record of the first source.
  // Without an output, groups are not written: for_each() tells them all afterwards.
  void replace(std::string_view owner, const std::vector<Row>& rows, Output* output);
  // Every group there is, in the order of their identities.
  void for_each(Output* output);
  std::size_t group_count() const noexcept { return groups_.size(); }

 private:
  struct Group {
    std::size_t members = 0;
    std::vector<std::unique_ptr<Aggregate>> aggregates;  // Of all fields, one after the other.
    Row latest;                                          // Inserted or updated last.
  };
  using Groups = std::map<std::string, Group, std::less<>>;
  // What one row adds to its group.
  struct Contribution {
    Groups::iterator group;
    std::uint64_t order;
    std::vector<OwnedValue> values;  // Of the aggregates.
  };

  void extract(const Row& row);
  bool is_wanted();
  Groups::iterator find_group();
  void add(const Row& row, std::vector<Contribution>* contributions);
  void take_back(const Contribution& contribution);
  void tell(Groups::iterator group, Output* output);
  void write(Group* group);
  EvaluationContext context() const noexcept;

  const ViewPlan& plan_;
  Groups groups_;
  std::unordered_map<std::string, std::vector<Contribution>, RandomHash> rows_;  // By owner.
  std::uint64_t next_order_ = 1;

  // Of the row at hand.
  std::vector<FieldValues> values_;
  std::vector<const FieldValues*> sources_;
  Row extracted_;  // Whose fields are in values_.
  std::string identity_;
  EvaluationScratch scratch_;
  std::vector<Value> results_;
  Document document_;
  Buffer body_;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// The rows of a view over several topics: each record of the leftmost topic with the records that join it
// (broker 7.2). LEFT OUTER all along: where nothing joins, a row has no record of that topic.
// Threads: under the lock of the view's sources. Owns: references to the records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random_hash.h"
#include "base/status.h"
#include "broker/configuration_state.h"
#include "broker/sow/record.h"

namespace amps::broker {

// Equal string forms of two fields join a record to one of a source before it.
struct JoinCondition {
  std::size_t left_source;
  std::size_t left_field;   // Of the left source's `fields`.
  std::size_t right_field;  // Of the own ones.
};

struct JoinSource {
  std::string message_type;
  std::string topic;
  std::vector<std::string> fields;        // Paths that take part in conditions.
  std::vector<JoinCondition> conditions;  // All have to hold. None: the leftmost source.
};

// Works out who joins whom. Fails with AMPS_E_USAGE when a topic is joined to none before it.
Status plan_join(const ViewConfiguration& view, std::vector<JoinSource>* out);

class Join {
 public:
  // String forms of a source's fields; none: NULL.
  using Values = std::vector<std::optional<std::string>>;
  // Keys of the leftmost source.
  using Owners = std::set<std::string>;

  Join(std::vector<JoinSource> sources, bool null_joins_null);
  Join(const Join&) = delete;
  Join& operator=(const Join&) = delete;

  const std::vector<JoinSource>& sources() const noexcept { return sources_; }

  // Makes, changes or removes (no record) a record of a source, and adds the owners whose rows that may
  // have changed.
  void change(std::size_t source, std::string_view key, RecordRef record, Values values, Owners* owners);
  // The rows of an owner, each with one record a source, some of which may be missing. Calls
  // visit(const std::vector<RecordRef>&).
  template <typename Visit>
  void for_each_row(const std::string& owner, Visit visit) const {
    const auto found = tables_[0].rows.find(owner);
    if (found == tables_[0].rows.end()) return;
    std::vector<const Row*> bound(sources_.size(), nullptr);
    bound[0] = &found->second;
    extend(1, &bound, [&](const std::vector<const Row*>& row) {
      std::vector<RecordRef> records;
      records.reserve(row.size());
      for (const Row* one : row) records.push_back(one == nullptr ? RecordRef() : one->record);
      visit(records);
    });
  }

 private:
  struct Row {
    std::string key;
    RecordRef record;
    Values values;
    std::uint64_t serial = 0;  // Rows that join the same record come in the order they were made.
  };
  using RowSet = std::map<std::uint64_t, const Row*>;  // By serial.
  using Index = std::unordered_map<std::string, RowSet, RandomHash>;
  struct Table {
    std::unordered_map<std::string, Row, RandomHash> rows;
    Index by_conditions;     // Its own rows, by all fields they are joined on.
    Index left_by_upstream;  // Rows of the upstream source, by its fields that join this one.
  };

  // Of the conditions of a source those with the first one's left source: the way back to the owners.
  template <typename Visit>
  void for_each_upstream(std::size_t source, Visit visit) const {
    const std::vector<JoinCondition>& conditions = sources_[source].conditions;
    for (const JoinCondition& condition : conditions) {
      if (condition.left_source == conditions.front().left_source) visit(condition);
    }
  }
  template <typename Emit>
  void extend(std::size_t source, std::vector<const Row*>* bound, const Emit& emit) const {
    if (source == sources_.size()) return emit(*bound);
    const RowSet* const matching = find_matching(source, *bound);
    if (matching == nullptr) return extend(source + 1, bound, emit);
    for (const auto& [serial, row] : *matching) {
      (*bound)[source] = row;
      extend(source + 1, bound, emit);
    }
    (*bound)[source] = nullptr;
  }
  const RowSet* find_matching(std::size_t source, const std::vector<const Row*>& bound) const;
  bool append_key(std::string* key, const std::optional<std::string>& value) const;
  bool own_key(std::size_t source, const Row& row, std::string* key) const;
  bool upstream_key(std::size_t source, const Row& row, bool of_left, std::string* key) const;
  void enter(std::size_t source, const Row& row);
  void leave(std::size_t source, const Row& row);
  void find_owners(std::size_t source, const Row& row, Owners* owners) const;

  const std::vector<JoinSource> sources_;
  const bool null_joins_null_;
  std::vector<Table> tables_;  // By source.
  std::uint64_t next_serial_ = 1;
};

}  // namespace amps::broker

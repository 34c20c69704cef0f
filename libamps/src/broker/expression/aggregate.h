// SPDX-License-Identifier: Apache-2.0
// The aggregate functions of projections (broker 2.10), each over the members of one group. A member that
// leaves is taken out again, and the result is that of the members that remain, to the last bit.
// Threads: one at a time. Owns: what it needs of the values.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "broker/expression/ast.h"
#include "broker/expression/value.h"
#include "broker/format/text_arena.h"

namespace amps::broker {

class Aggregate {
 public:
  // `delimiter` is that of a distinct list, which is in ascending order.
  static std::unique_ptr<Aggregate> make(AggregateKind kind, std::string_view delimiter = ",");
  virtual ~Aggregate() = default;

  // A member came, or changed: then its old value is removed first. `order` rises with every update of
  // the group and is unique in it.
  virtual void add(const Value& value, std::uint64_t order) = 0;
  // Requires: the value was added with this order.
  virtual void remove(const Value& value, std::uint64_t order) = 0;
  // Views the aggregate until its next change, or the arena.
  virtual Value result(TextArena* arena) const = 0;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// The names of aggregate functions (broker 2.10).
// Threads: any.
#pragma once

#include <cstddef>
#include <string_view>

#include "broker/expression/ast.h"

namespace amps::broker {

struct AggregateName {
  std::string_view name;
  AggregateKind kind;
  std::size_t arguments_max;
};

// `name` in capitals. None: null.
const AggregateName* find_aggregate(std::string_view name) noexcept;

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Text to tree, by the grammar of broker 2.1. Every text ends in a tree or an error that says where and what
// was expected; size, depth and the number of operators are bounded.
// Threads: functions of their arguments.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/expression/ast.h"

namespace amps::broker {

constexpr std::size_t kExpressionBytesMax = 1u << 20;
constexpr std::size_t kExpressionDepthMax = 256;  // Brackets, functions and unary operators in one another.
constexpr std::size_t kOperatorChainMax = 1'000;  // Left-associative operators in one another: a sum's terms.
constexpr std::size_t kExpressionNodesMax = 200'000;  // Memory follows it: a node takes about 250 bytes.

struct ParseOptions {
  bool aggregates = false;  // SUM and its like are known: projections.
};

bool parse_expression(std::string_view text, const ParseOptions& options, std::unique_ptr<Expression>* out,
                      ExpressionError* error);

// One field of a projection, enrichment or preprocessing list: `expr AS /path HINT OPTIONAL`.
struct FieldExpression {
  std::unique_ptr<Expression> expression;
  FieldPath destination;
  bool is_optional = false;   // A NULL result leaves the field out.
  bool sets_current = false;  // Later fields of the list see the result.
};
// A comma list of them.
bool parse_fields(std::string_view text, const ParseOptions& options, std::vector<FieldExpression>* out,
                  ExpressionError* error);

struct OrderField {
  FieldPath path;
  bool descending = false;
};
bool parse_order(std::string_view text, std::vector<OrderField>* out, ExpressionError* error);

// `filter, at offset 4: expected …`, with the code that selects the reason.
Status to_status(amps_result code, std::string_view what, const ExpressionError& error);

}  // namespace amps::broker

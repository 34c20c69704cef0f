// SPDX-License-Identifier: Apache-2.0
// An expression as it was understood. Built by the parser, read by the compiler and by `explain`.
// Threads: one at a time, or any number when nobody changes it. Owns: its texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/expression/token.h"

namespace amps::broker {

struct Function;

enum class Operator : std::uint8_t {
  kLiteral,
  kField,
  kCall,
  kAggregate,
  kNegate,
  kPlus,  // The sign.
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,          // Value, items.
  kBetween,     // Value, bounds.
  kLike,        // Value; `text` is the pattern.
  kBeginsWith,  // Value, items.
  kEndsWith,
  kIsNull,
  kIsNan,
  kNot,
  kAnd,  // Two or more operands.
  kOr,
};

enum class AggregateKind : std::uint8_t {
  kSum,
  kAverage,
  kCount,
  kCountDistinct,
  kMinimum,
  kMaximum,
  kAny,
  kFirst,
  kLast,
  kDeviationPopulation,
  kDeviationSample,
  kDistinctList,
};

struct Expression {
  Expression(Operator operation, std::size_t where) : op(operation), offset(where) {}

  Operator op;
  bool negated = false;        // NOT IN and its like.
  bool is_plain_text = false;  // kLike: the pattern is r'…', matched as text.
  AggregateKind aggregate = AggregateKind::kSum;
  std::size_t offset;     // In the text.
  std::size_t depth = 1;  // Levels below and including this one.
  Value literal;          // kLiteral; its bytes are `text`.
  std::string text;       // Bytes of a literal or pattern, name of a function.
  QualifiedField field;   // kField.
  const Function* function = nullptr;
  std::vector<std::unique_ptr<Expression>> operands;
};

// Fully bracketed, for tests and for reading: `((/a = 1) AND (NOT (/b IN ('x', 'y'))))`.
std::string to_text(const Expression& expression);
// One line an operator, indented by its depth, for people.
std::string to_tree(const Expression& expression);

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Tree to instructions, and to the conditions an index can use.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/random_hash.h"
#include "broker/expression/ast.h"
#include "broker/expression/program.h"

namespace amps::broker {

enum class Program::Opcode : std::uint8_t {
  kConstant,   // Push constant `a`.
  kField,      // Push field `a`.
  kAggregate,  // Push the result of aggregate `a`.
  kFirst,      // Of an array its first element.
  kNegate,
  kPlus,
  kCalculate,        // `detail` is the operator; two operands.
  kCompare,          // Likewise.
  kCompareConstant,  // Push field `a` compared with constant `count`.
  kInSet,            // One operand, set `a`; here and below `detail` 1 negates.
  kIn,               // Value and `count` items.
  kBetween,          // Value and two bounds.
  kLike,             // One operand, pattern `a`.
  kBeginsWith,       // Value and `count` items.
  kEndsWith,
  kIsNull,
  kIsNan,
  kNot,
  kTruth,       // Make the operand a truth value.
  kAnd,         // Unless the operand is true, make it a truth value and jump to `a`; else pop it.
  kOr,          // Likewise unless it is false.
  kJump,        // To `a`.
  kJumpUnless,  // Pop; jump to `a` unless it is true.
  kCall,        // Function `a` with `count` operands.
};

class Compiler {
 public:
  Compiler(const CompileOptions& options, Program* out, ExpressionError* error) noexcept
      : options_(options), out_(*out), error_(*error) {}
  bool compile(const Expression& root);

 private:
  using Opcode = Program::Opcode;
  bool fail(const Expression& node, std::string text);
  std::uint32_t emit(Opcode op, std::uint32_t a = 0, std::uint32_t count = 0, std::uint8_t detail = 0);
  void land(std::uint32_t jump) { out_.code_[jump].a = static_cast<std::uint32_t>(out_.code_.size()); }
  void grow(std::size_t pushed);
  void pop(std::size_t count) noexcept { depth_ -= count; }

  bool push(const Expression& node);
  bool push_scalar(const Expression& node);
  bool push_operands(const Expression& node);
  bool push_field(const Expression& node);
  bool push_chain(const Expression& node);
  bool push_comparison(const Expression& node);
  bool push_membership(const Expression& node);
  bool push_pattern(const Expression& node);
  bool push_if(const Expression& node);
  bool push_call(const Expression& node);
  bool push_aggregate(const Expression& node);

  // A value the compiler can work out: literals and arithmetic over them.
  bool fold(const Expression& node, Value* out) const;
  Value keep(const Value& constant);
  std::uint32_t add_constant(const Value& constant);
  bool add_field(const Expression& node, std::uint32_t* index);

  void collect_conditions(const Expression& node);
  void collect_comparison(const Expression& node);

  const CompileOptions& options_;
  Program& out_;
  ExpressionError& error_;
  std::size_t depth_ = 0;
  std::unordered_map<std::string, std::uint32_t, RandomHash> fields_;  // Of the program, by their whole text.
};

}  // namespace amps::broker

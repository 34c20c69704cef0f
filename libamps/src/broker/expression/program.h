// SPDX-License-Identifier: Apache-2.0
// A compiled expression: instructions for a stack machine, made once and evaluated for every message.
// Programs never change and may be shared by any number of subscriptions and threads. Where the fields of a
// program are found depends on who evaluates it, so that is kept beside it, in a BoundProgram.
// Threads: any; context and scratch belong to the caller. Blocks: never. Time and memory of an evaluation
// are bounded by the length of the program, the message and the limits of patterns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/expression/ast.h"
#include "broker/expression/constant_set.h"
#include "broker/expression/evaluation.h"
#include "broker/expression/pattern.h"
#include "broker/format/field_plan.h"

namespace amps::broker {

struct CompileOptions {
  bool aggregates = false;          // Projections.
  bool previous = false;            // OF PREVIOUS: enrichment.
  bool qualifiers = false;          // [topic]. before fields: views.
  bool deterministic_only = false;  // Refuses UNIX_TIMESTAMP and its like (broker 2.9).
};

class Program;

// SUM(…) within a projection. The argument is evaluated for each member of a group.
struct AggregateCall {
  AggregateKind kind;
  std::shared_ptr<const Program> argument;  // Shared by the copies of a view's projection.
  std::string delimiter;
};

// Something that has to be true of one field if the whole program is: what indexes are built from.
struct Condition {
  enum class Kind : std::uint8_t {
    kEqual,  // One of the constants, by `=` or IN.
    kRange,  // Within the bounds.
  };
  Kind kind;
  std::uint32_t field;           // Index into Program::fields().
  std::vector<Value> constants;  // kEqual.
  Value low, high;               // kRange; NULL: no bound.
  bool low_open = false;         // `>` and not `>=`.
  bool high_open = false;
};

class Program {
 public:
  // Fails with AMPS_E_FILTER; `error`, if given, says where.
  static Status compile(std::string_view text, const CompileOptions& options,
                        std::shared_ptr<const Program>* out, ExpressionError* error = nullptr);
  // From what the parser made of a field of a projection.
  static Status compile(const Expression& expression, const CompileOptions& options,
                        std::shared_ptr<const Program>* out, ExpressionError* error = nullptr);

  const std::string& text() const noexcept { return text_; }  // What was compiled; of an expression, empty.
  const std::vector<QualifiedField>& fields() const noexcept { return fields_; }
  const std::vector<AggregateCall>& aggregates() const noexcept { return aggregates_; }
  // Conditions joined by AND at the top. Empty: the program has to be tried.
  const std::vector<Condition>& conditions() const noexcept { return conditions_; }
  bool is_deterministic() const noexcept { return is_deterministic_; }
  bool calls(std::string_view function) const noexcept;  // In capitals.

 private:
  friend class BoundProgram;
  friend class Compiler;
  friend class Machine;
  enum class Opcode : std::uint8_t;
  struct Instruction {
    Opcode op;
    std::uint8_t detail = 0;  // An Operator, or a flag.
    std::uint16_t padding = 0;
    std::uint32_t a = 0;      // Index of what the instruction is about, or where it jumps.
    std::uint32_t count = 0;  // Of operands.
  };
  static constexpr std::uint32_t kNoSubscript = UINT32_MAX;

  std::string text_;
  std::vector<Instruction> code_;
  std::vector<QualifiedField> fields_;
  std::vector<std::uint32_t> subscripts_;  // By field.
  std::vector<Value> constants_;
  std::vector<std::unique_ptr<char[]>> texts_;  // Of the constants.
  std::vector<std::unique_ptr<ConstantSet>> sets_;
  std::vector<std::unique_ptr<Pattern>> patterns_;
  std::vector<const Function*> functions_;
  std::vector<AggregateCall> aggregates_;
  std::vector<Condition> conditions_;
  std::size_t stack_size_ = 0;
  bool is_deterministic_ = true;
};

// Where the fields of one source are extracted: the message itself, the stored record for OF PREVIOUS, or a
// topic of a join. Its number in the list is its index in EvaluationContext::sources.
struct FieldSource {
  FieldPlan* plan;
  std::string_view message_type = {};  // Matched when the field names one.
  std::string_view topic = {};
  bool is_previous = false;
};

// A program and the slots of its fields in the plans of one evaluator.
class BoundProgram {
 public:
  BoundProgram() = default;
  // Adds the fields to the plans. Fails with AMPS_E_FILTER when a field belongs to none of the sources.
  static Status bind(std::shared_ptr<const Program> program, const std::vector<FieldSource>& sources,
                     BoundProgram* out);
  // The common case: one message.
  static Status bind(std::shared_ptr<const Program> program, FieldPlan* plan, BoundProgram* out);

  explicit operator bool() const noexcept { return program_ != nullptr; }
  const Program& program() const noexcept { return *program_; }
  const std::shared_ptr<const Program>& shared() const noexcept { return program_; }
  FieldPlan::Slot slot(std::size_t field) const noexcept { return slots_[field].slot; }

  // A filter accepts only kTrue.
  Truth test(const EvaluationContext& context, EvaluationScratch* scratch) const;
  bool accepts(const EvaluationContext& context, EvaluationScratch* scratch) const {
    return test(context, scratch) == Truth::kTrue;
  }
  // Of an array the first element. Texts live until scratch->texts() is cleared.
  Value evaluate(const EvaluationContext& context, EvaluationScratch* scratch) const;

 private:
  friend class Machine;
  struct SlotReference {
    std::uint32_t source;
    FieldPlan::Slot slot;
  };
  std::shared_ptr<const Program> program_;  // Shared with equal subscriptions and those who list them.
  std::vector<SlotReference> slots_;
};

}  // namespace amps::broker

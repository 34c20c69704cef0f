// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/compiler.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "broker/expression/arithmetic.h"
#include "broker/expression/function.h"

namespace amps::broker {

namespace {

constexpr std::size_t kSetMin = 5;  // Fewer items are compared one by one.

bool is_comparison(Operator op) noexcept {
  return op >= Operator::kEqual && op <= Operator::kGreaterEqual;
}

// `5 < /a` is `/a > 5`.
Operator mirrored(Operator op) noexcept {
  switch (op) {
    case Operator::kLess:
      return Operator::kGreater;
    case Operator::kLessEqual:
      return Operator::kGreaterEqual;
    case Operator::kGreater:
      return Operator::kLess;
    case Operator::kGreaterEqual:
      return Operator::kLessEqual;
    default:
      return op;
  }
}

}  // namespace

bool Compiler::compile(const Expression& root) {
  if (!push_scalar(root)) return false;
  collect_conditions(root);
  return true;
}

bool Compiler::fail(const Expression& node, std::string text) {
  error_ = {node.offset, std::move(text)};
  return false;
}

std::uint32_t Compiler::emit(Opcode op, std::uint32_t a, std::uint32_t count, std::uint8_t detail) {
  out_.code_.push_back({op, detail, 0, a, count});
  return static_cast<std::uint32_t>(out_.code_.size() - 1);
}

void Compiler::grow(std::size_t pushed) {
  depth_ += pushed;
  out_.stack_size_ = std::max(out_.stack_size_, depth_);
}

Value Compiler::keep(const Value& constant) {
  const std::string_view text = constant.text();
  if (text.empty()) return constant;
  std::unique_ptr<char[]> bytes(new char[text.size()]);
  std::memcpy(bytes.get(), text.data(), text.size());
  const std::string_view kept(bytes.get(), text.size());
  out_.texts_.push_back(std::move(bytes));
  switch (constant.kind()) {
    case ValueKind::kInteger:
      return Value::integer(constant.as_integer(), kept);
    case ValueKind::kUnsigned:
      return Value::unsigned_integer(constant.as_unsigned(), kept);
    case ValueKind::kFloat:
      return Value::floating(constant.as_float(), kept);
    default:
      return Value::string(kept);
  }
}

std::uint32_t Compiler::add_constant(const Value& constant) {
  out_.constants_.push_back(keep(constant));
  return static_cast<std::uint32_t>(out_.constants_.size() - 1);
}

bool Compiler::fold(const Expression& node, Value* out) const {
  Value left;
  Value right;
  switch (node.op) {
    case Operator::kLiteral:
      *out = node.literal;
      return true;
    case Operator::kNegate:
    case Operator::kPlus:
      if (!fold(*node.operands[0], &left)) return false;
      *out = node.op == Operator::kNegate ? negate(left) : to_number(left);
      return true;
    case Operator::kAdd:
    case Operator::kSubtract:
    case Operator::kMultiply:
    case Operator::kDivide:
    case Operator::kModulo:
      if (!fold(*node.operands[0], &left) || !fold(*node.operands[1], &right)) return false;
      *out = calculate(node.op, left, right);
      return true;
    default:
      return false;
  }
}

// flat: one branch for each operator.
bool Compiler::push(const Expression& node) {
  if (Value constant; fold(node, &constant)) {
    emit(Opcode::kConstant, add_constant(constant));
    grow(1);
    return true;
  }
  switch (node.op) {
    case Operator::kField:
      return push_field(node);
    case Operator::kCall:
      return push_call(node);
    case Operator::kAggregate:
      return push_aggregate(node);
    case Operator::kNegate:
    case Operator::kPlus:
      if (!push_operands(node)) return false;
      emit(node.op == Operator::kNegate ? Opcode::kNegate : Opcode::kPlus);
      return true;
    case Operator::kAnd:
    case Operator::kOr:
      return push_chain(node);
    case Operator::kIn:
      return push_membership(node);
    case Operator::kBetween:
      if (!push_operands(node)) return false;
      emit(Opcode::kBetween, 0, 0, node.negated);
      pop(2);
      return true;
    case Operator::kLike:
      return push_pattern(node);
    case Operator::kBeginsWith:
    case Operator::kEndsWith:
      if (!push_operands(node)) return false;
      emit(node.op == Operator::kBeginsWith ? Opcode::kBeginsWith : Opcode::kEndsWith, 0,
           static_cast<std::uint32_t>(node.operands.size() - 1), node.negated);
      pop(node.operands.size() - 1);
      return true;
    case Operator::kIsNull:
    case Operator::kIsNan:
      if (!push_operands(node)) return false;
      emit(node.op == Operator::kIsNull ? Opcode::kIsNull : Opcode::kIsNan, 0, 0, node.negated);
      return true;
    case Operator::kNot:
      if (!push_operands(node)) return false;
      emit(Opcode::kNot);
      return true;
    default:
      if (is_comparison(node.op)) return push_comparison(node);
      if (!push_operands(node)) return false;
      emit(Opcode::kCalculate, 0, 0, static_cast<std::uint8_t>(node.op));
      pop(1);
      return true;
  }
}

bool Compiler::push_scalar(const Expression& node) {
  if (!push(node)) return false;
  if (node.op == Operator::kField) emit(Opcode::kFirst);
  return true;
}

bool Compiler::push_operands(const Expression& node) {
  for (const auto& operand : node.operands) {
    if (!push(*operand)) return false;
  }
  return true;
}

bool Compiler::add_field(const Expression& node, std::uint32_t* index) {
  if (node.field.previous && !options_.previous) {
    return fail(node, "OF PREVIOUS has a meaning only in enrichment");
  }
  if (!node.field.topic.empty() && !options_.qualifiers) {
    return fail(node, "a topic before a field has a meaning only in views");
  }
  const auto [known, is_new] =
      fields_.emplace(node.field.text(), static_cast<std::uint32_t>(out_.fields_.size()));
  *index = known->second;
  if (!is_new) return true;
  out_.fields_.push_back(node.field);
  out_.subscripts_.push_back(node.field.path.subscript().value_or(Program::kNoSubscript));
  return true;
}

bool Compiler::push_field(const Expression& node) {
  std::uint32_t index = 0;
  if (!add_field(node, &index)) return false;
  emit(Opcode::kField, index);
  grow(1);
  return true;
}

bool Compiler::push_chain(const Expression& node) {
  std::vector<std::uint32_t> jumps;
  for (const auto& operand : node.operands) {
    if (!push(*operand)) return false;
    if (operand == node.operands.back()) break;
    jumps.push_back(emit(node.op == Operator::kAnd ? Opcode::kAnd : Opcode::kOr));
    pop(1);
  }
  emit(Opcode::kTruth);
  for (const std::uint32_t jump : jumps) land(jump);
  return true;
}

bool Compiler::push_comparison(const Expression& node) {
  const Expression* left = node.operands[0].get();
  const Expression* right = node.operands[1].get();
  Operator op = node.op;
  if (right->op == Operator::kField && left->op != Operator::kField) {
    std::swap(left, right);
    op = mirrored(op);
  }
  Value constant;
  if (left->op == Operator::kField && fold(*right, &constant)) {
    std::uint32_t field = 0;
    if (!add_field(*left, &field)) return false;
    emit(Opcode::kCompareConstant, field, add_constant(constant), static_cast<std::uint8_t>(op));
    grow(1);
    return true;
  }
  if (!push_operands(node)) return false;
  emit(Opcode::kCompare, 0, 0, static_cast<std::uint8_t>(node.op));
  pop(1);
  return true;
}

bool Compiler::push_membership(const Expression& node) {
  std::vector<Value> items;
  Value item;
  for (std::size_t i = 1; i < node.operands.size() && fold(*node.operands[i], &item); ++i)
    items.push_back(item);
  const std::size_t count = node.operands.size() - 1;
  if (items.size() < count || count < kSetMin) {
    if (!push_operands(node)) return false;
    emit(Opcode::kIn, 0, static_cast<std::uint32_t>(count), node.negated);
    pop(count);
    return true;
  }
  if (!push(*node.operands[0])) return false;
  for (Value& one : items) one = keep(one);
  out_.sets_.push_back(std::make_unique<ConstantSet>(items));
  emit(Opcode::kInSet, static_cast<std::uint32_t>(out_.sets_.size() - 1), 0, node.negated);
  return true;
}

bool Compiler::push_pattern(const Expression& node) {
  std::unique_ptr<Pattern> pattern;
  if (const Status status = Pattern::compile(node.text, node.is_plain_text, &pattern); !status.ok()) {
    return fail(node, status.text());
  }
  if (!push_operands(node)) return false;
  out_.patterns_.push_back(std::move(pattern));
  emit(Opcode::kLike, static_cast<std::uint32_t>(out_.patterns_.size() - 1), 0, node.negated);
  return true;
}

bool Compiler::push_if(const Expression& node) {
  if (!push(*node.operands[0])) return false;
  const std::uint32_t otherwise = emit(Opcode::kJumpUnless);
  pop(1);
  if (!push_scalar(*node.operands[1])) return false;
  const std::uint32_t end = emit(Opcode::kJump);
  pop(1);
  land(otherwise);
  if (!push_scalar(*node.operands[2])) return false;
  land(end);
  return true;
}

bool Compiler::push_call(const Expression& node) {
  const Function& function = *node.function;
  if (!function.is_deterministic) {
    if (options_.deterministic_only)
      return fail(node, node.text + " changes by itself and cannot be used here");
    out_.is_deterministic_ = false;
  }
  if (function.body == nullptr) return push_if(node);
  if (function.name.substr(0, 7) == "REGEXP_" && node.operands[1]->op == Operator::kLiteral) {
    std::unique_ptr<Pattern> pattern;  // Only looked at: a malformed one is refused now, not at each message.
    const Status status = Pattern::compile(node.operands[1]->text, false, &pattern);
    if (!status.ok()) return fail(*node.operands[1], status.text());
  }
  if (!push_operands(node)) return false;
  out_.functions_.push_back(&function);
  emit(Opcode::kCall, static_cast<std::uint32_t>(out_.functions_.size() - 1),
       static_cast<std::uint32_t>(node.operands.size()));
  if (node.operands.empty()) grow(1);
  pop(node.operands.empty() ? 0 : node.operands.size() - 1);
  return true;
}

bool Compiler::push_aggregate(const Expression& node) {
  CompileOptions options = options_;
  options.aggregates = false;
  options.deterministic_only = true;
  AggregateCall call;
  call.kind = node.aggregate;
  call.delimiter = node.operands.size() == 2 ? node.operands[1]->text : ",";
  if (!Program::compile(*node.operands[0], options, &call.argument, &error_).ok()) return false;
  out_.aggregates_.push_back(std::move(call));
  emit(Opcode::kAggregate, static_cast<std::uint32_t>(out_.aggregates_.size() - 1));
  grow(1);
  return true;
}

void Compiler::collect_conditions(const Expression& node) {
  if (node.op == Operator::kAnd) {
    for (const auto& operand : node.operands) collect_conditions(*operand);
  } else if (is_comparison(node.op)) {
    collect_comparison(node);
  } else if ((node.op == Operator::kIn || node.op == Operator::kBetween) && !node.negated &&
             node.operands[0]->op == Operator::kField) {
    Condition condition{
        node.op == Operator::kIn ? Condition::Kind::kEqual : Condition::Kind::kRange, 0, {}, {}, {}};
    if (!add_field(*node.operands[0], &condition.field)) return;
    Value constant;
    for (std::size_t i = 1; i < node.operands.size(); ++i) {
      if (!fold(*node.operands[i], &constant)) return;
      condition.constants.push_back(keep(constant));
    }
    if (node.op == Operator::kBetween) {
      condition.low = condition.constants[0];
      condition.high = condition.constants[1];
      condition.constants.clear();
    }
    out_.conditions_.push_back(std::move(condition));
  }
}

void Compiler::collect_comparison(const Expression& node) {
  const Expression* left = node.operands[0].get();
  const Expression* right = node.operands[1].get();
  Operator op = node.op;
  if (right->op == Operator::kField && left->op != Operator::kField) {
    std::swap(left, right);
    op = mirrored(op);
  }
  Value constant;
  if (op == Operator::kNotEqual || left->op != Operator::kField || !fold(*right, &constant)) return;
  Condition condition{
      op == Operator::kEqual ? Condition::Kind::kEqual : Condition::Kind::kRange, 0, {}, {}, {}};
  if (!add_field(*left, &condition.field)) return;
  constant = keep(constant);
  switch (op) {
    case Operator::kEqual:
      condition.constants.push_back(constant);
      break;
    case Operator::kLess:
    case Operator::kLessEqual:
      condition.high = constant;
      condition.high_open = op == Operator::kLess;
      break;
    default:
      condition.low = constant;
      condition.low_open = op == Operator::kGreater;
      break;
  }
  out_.conditions_.push_back(std::move(condition));
}

}  // namespace amps::broker

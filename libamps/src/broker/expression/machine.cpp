// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/machine.h"

#include "broker/expression/arithmetic.h"
#include "broker/expression/function.h"

namespace amps::broker {

namespace {

bool satisfies(Operator op, Ordering order) noexcept {
  switch (op) {
    case Operator::kEqual:
      return order == Ordering::kEqual;
    case Operator::kNotEqual:
      return order == Ordering::kLess || order == Ordering::kGreater;
    case Operator::kLess:
      return order == Ordering::kLess;
    case Operator::kLessEqual:
      return order == Ordering::kLess || order == Ordering::kEqual;
    case Operator::kGreater:
      return order == Ordering::kGreater;
    default:
      return order == Ordering::kGreater || order == Ordering::kEqual;
  }
}

// Some pair of elements is in the relation.
bool any_satisfies(Operator op, ValueSpan left, ValueSpan right) noexcept {
  for (const Value& one : left) {
    for (const Value& other : right) {
      if (satisfies(op, compare(one, other))) return true;
    }
  }
  return false;
}

bool is_in(const Operand& value, const Operand* items, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (any_satisfies(Operator::kEqual, value.span, items[i].span)) return true;
  }
  return false;
}

bool is_in(ValueSpan values, const ConstantSet& set) noexcept {
  for (const Value& value : values) {
    if (set.contains(value)) return true;
  }
  return false;
}

// One and the same element lies within both bounds.
bool is_between(ValueSpan values, ValueSpan low, ValueSpan high) noexcept {
  for (const Value& value : values) {
    const ValueSpan one{&value, 1};
    if (any_satisfies(Operator::kGreaterEqual, one, low) && any_satisfies(Operator::kLessEqual, one, high)) {
      return true;
    }
  }
  return false;
}

bool has_affix(std::string_view text, std::string_view affix, bool at_end) noexcept {
  if (affix.size() > text.size()) return false;
  return text.substr(at_end ? text.size() - affix.size() : 0, affix.size()) == affix;
}

bool has_affix(const Operand& value, const Operand* items, std::size_t count, bool at_end) noexcept {
  char room[kNumberTextBytesMax];
  char item_room[kNumberTextBytesMax];
  for (const Value& one : value.span) {
    const std::string_view text = string_form(one, room);
    for (std::size_t i = 0; i < count && !one.is_null(); ++i) {
      for (const Value& item : items[i].span) {
        if (!item.is_null() && has_affix(text, string_form(item, item_room), at_end)) return true;
      }
    }
  }
  return false;
}

bool is_null(ValueSpan span) noexcept {
  return span.empty() || (span.count == 1 && span.first->is_null());
}

bool is_nan(const Value& value) noexcept {
  return !value.is_null() && to_number(value).is_nan();
}

Value from_truth(Truth truth) noexcept {
  return truth == Truth::kNull ? Value() : Value::boolean(truth == Truth::kTrue);
}

}  // namespace

ValueSpan Machine::field(std::uint32_t index) const noexcept {
  const FieldValues* const source = context_.sources[slots_[index].source];
  if (source == nullptr) return {};
  const ValueSpan values = source->at(slots_[index].slot);
  const std::uint32_t subscript = program_.subscripts_[index];
  if (subscript == Program::kNoSubscript) return values;
  return subscript < values.count ? ValueSpan{values.first + subscript, 1} : ValueSpan{};
}

Value Machine::call(const Program::Instruction& at, const Operand* arguments) {
  const Function& function = *program_.functions_[at.a];
  if (function.nulls == NullRule::kNull) {
    for (std::uint32_t i = 0; i < at.count; ++i) {
      if (arguments[i].scalar().is_null()) return {};
    }
  }
  return function.body(Call(arguments, at.count, context_, &scratch_));
}

bool Machine::is_like(const Pattern& pattern, ValueSpan values) {
  char room[kNumberTextBytesMax];
  for (const Value& value : values) {
    if (!value.is_null() && pattern.matches(string_form(value, room), &scratch_.patterns())) return true;
  }
  return false;
}

// flat: one case for each instruction. `top` is the latest operand; computed ones overwrite it in place.
Value Machine::run() {
  scratch_.patterns().begin();
  const Program::Instruction* const code = program_.code_.data();
  const Program::Instruction* const end = code + program_.code_.size();
  Operand* top = stack_;  // The first is never used, so that `top` can stand below the second.
  for (const Program::Instruction* at = code; at != end; ++at) {
    const auto op = static_cast<Operator>(at->detail);
    const auto set_truth = [&](bool truth) { top->set(Value::boolean(truth != (at->detail == 1))); };
    switch (at->op) {
      case Opcode::kConstant:
        (++top)->span = {&program_.constants_[at->a], program_.constants_[at->a].is_null() ? 0u : 1u};
        break;
      case Opcode::kField:
        (++top)->span = field(at->a);
        break;
      case Opcode::kAggregate:
        (++top)->set(context_.aggregates == nullptr ? Value() : context_.aggregates[at->a]);
        break;
      case Opcode::kFirst:
        if (top->span.count > 1) top->span.count = 1;
        break;
      case Opcode::kNegate:
        top->set(negate(top->scalar()));
        break;
      case Opcode::kPlus:
        top->set(to_number(top->scalar()));
        break;
      case Opcode::kCalculate:
        --top;
        top->set(calculate(op, top->scalar(), top[1].scalar()));
        break;
      case Opcode::kCompare:
        --top;
        top->set(Value::boolean(any_satisfies(op, top->span, top[1].span)));
        break;
      case Opcode::kCompareConstant:
        (++top)->set(Value::boolean(any_satisfies(op, field(at->a), {&program_.constants_[at->count], 1})));
        break;
      case Opcode::kInSet:
        set_truth(is_in(top->span, *program_.sets_[at->a]));
        break;
      case Opcode::kIn:
        top -= at->count;
        set_truth(is_in(*top, top + 1, at->count));
        break;
      case Opcode::kBetween:
        top -= 2;
        set_truth(is_between(top->span, top[1].span, top[2].span));
        break;
      case Opcode::kLike:
        set_truth(is_like(*program_.patterns_[at->a], top->span));
        break;
      case Opcode::kBeginsWith:
      case Opcode::kEndsWith:
        top -= at->count;
        set_truth(has_affix(*top, top + 1, at->count, at->op == Opcode::kEndsWith));
        break;
      case Opcode::kIsNull:
        set_truth(is_null(top->span));
        break;
      case Opcode::kIsNan:
        set_truth(is_nan(top->scalar()));
        break;
      case Opcode::kNot: {
        const Truth truth = truth_of(top->scalar());
        top->set(truth == Truth::kNull ? Value() : Value::boolean(truth == Truth::kFalse));
        break;
      }
      case Opcode::kTruth:
        top->set(from_truth(truth_of(top->scalar())));
        break;
      case Opcode::kAnd:
      case Opcode::kOr: {
        const Truth truth = truth_of(top->scalar());
        if (truth == (at->op == Opcode::kAnd ? Truth::kTrue : Truth::kFalse)) {
          --top;
        } else {
          top->set(from_truth(truth));
          at = code + at->a - 1;
        }
        break;
      }
      case Opcode::kJump:
        at = code + at->a - 1;
        break;
      case Opcode::kJumpUnless:
        if (truth_of((top--)->scalar()) != Truth::kTrue) at = code + at->a - 1;
        break;
      case Opcode::kCall: {
        Operand* const arguments = at->count == 0 ? top + 1 : top - at->count + 1;
        const Value result = call(*at, arguments);
        top = arguments;
        top->set(result);
        break;
      }
    }
  }
  return top->scalar();
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/arithmetic.h"

#include <cmath>
#include <limits>

namespace amps::broker {

namespace {

// Wide enough for sums, quotients and products of 64-bit values; only products are checked for overflow.
__extension__ using Wide = __int128;

Value not_a_number() noexcept {
  return Value::floating(std::numeric_limits<double>::quiet_NaN());
}

Wide widen(const Value& integer) noexcept {
  return integer.kind() == ValueKind::kUnsigned ? static_cast<Wide>(integer.as_unsigned())
                                                : static_cast<Wide>(integer.as_integer());
}

Value narrow(Wide result) noexcept {
  if (result >= 0 && result <= static_cast<Wide>(UINT64_MAX)) {
    return Value::unsigned_integer(static_cast<std::uint64_t>(result));
  }
  // In range, or wrapped: the low 64 bits either way.
  return Value::integer(static_cast<std::int64_t>(static_cast<std::uint64_t>(result)));
}

Value calculate_integers(Operator op, Wide left, Wide right) noexcept {
  switch (op) {
    case Operator::kAdd:
      return narrow(left + right);
    case Operator::kSubtract:
      return narrow(left - right);
    case Operator::kMultiply: {
      Wide product = 0;
      if (!__builtin_mul_overflow(left, right, &product)) return narrow(product);
      return Value::integer(
          static_cast<std::int64_t>(static_cast<std::uint64_t>(left) * static_cast<std::uint64_t>(right)));
    }
    default:
      if (right == 0) return not_a_number();
      return narrow(op == Operator::kDivide ? left / right : left % right);
  }
}

double calculate_floats(Operator op, double left, double right) noexcept {
  switch (op) {
    case Operator::kAdd:
      return left + right;
    case Operator::kSubtract:
      return left - right;
    case Operator::kMultiply:
      return left * right;
    case Operator::kDivide:
      return left / right;
    default:
      return std::fmod(left, right);
  }
}

}  // namespace

Value calculate(Operator op, const Value& left_value, const Value& right_value) noexcept {
  if (left_value.is_null() || right_value.is_null()) return {};
  const Value left = to_number(left_value);
  const Value right = to_number(right_value);
  if (left.kind() != ValueKind::kFloat && right.kind() != ValueKind::kFloat) {
    return calculate_integers(op, widen(left), widen(right));
  }
  if (left.is_nan() || right.is_nan()) return not_a_number();
  return Value::floating(calculate_floats(op, to_double(left), to_double(right)));
}

Value negate(const Value& value) noexcept {
  const Value number = to_number(value);
  if (number.is_null()) return {};
  if (number.kind() == ValueKind::kFloat) return Value::floating(-number.as_float());
  return narrow(-widen(number));
}

}  // namespace amps::broker

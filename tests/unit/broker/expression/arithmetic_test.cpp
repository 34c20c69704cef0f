// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/arithmetic.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace amps::broker;

namespace {

Value integer(std::int64_t value) {
  return Value::integer(value);
}
bool is(const Value& value, std::int64_t wanted) {
  return value.kind() == ValueKind::kInteger && value.as_integer() == wanted;
}

}  // namespace

TEST_CASE("EXP-07: integers stay integers, division truncates, MOD keeps the sign of the left") {
  CHECK(is(calculate(Operator::kDivide, integer(7), integer(-2)), -3));
  CHECK(is(calculate(Operator::kModulo, integer(-5), integer(3)), -2));
  CHECK(is(calculate(Operator::kModulo, integer(5), integer(-3)), 2));
  CHECK(is(calculate(Operator::kAdd, Value::string("47"), integer(47)), 94));
  CHECK(is(calculate(Operator::kAdd, Value::boolean(true), integer(1)), 2));
  CHECK(calculate(Operator::kDivide, Value::floating(1), integer(5)).as_float() == 0.2);
  CHECK(calculate(Operator::kModulo, Value::floating(5.5), integer(2)).as_float() == 1.5);
}

TEST_CASE("EXP-06: NULL, then NaN, decide the result") {
  const Value nan = Value::floating(NAN);
  CHECK(calculate(Operator::kAdd, Value(), nan).is_null());
  CHECK(calculate(Operator::kAdd, nan, integer(1)).is_nan());
  CHECK(calculate(Operator::kAdd, Value::string("x"), integer(1)).is_nan());
  CHECK(calculate(Operator::kDivide, integer(1), integer(0)).is_nan());
  CHECK(calculate(Operator::kModulo, integer(1), integer(0)).is_nan());
  CHECK(std::isinf(calculate(Operator::kDivide, Value::floating(1), integer(0)).as_float()));
  CHECK(calculate(Operator::kDivide, Value::floating(0), integer(0)).is_nan());
}

TEST_CASE("A-31: integers that leave 64 bits wrap") {
  const Value most = Value::unsigned_integer(UINT64_MAX);
  CHECK(calculate(Operator::kAdd, integer(INT64_MAX), integer(1)).as_unsigned() == std::uint64_t{1} << 63);
  CHECK(is(calculate(Operator::kAdd, most, integer(1)), 0));
  CHECK(is(calculate(Operator::kSubtract, integer(INT64_MIN), integer(1)), INT64_MAX));
  CHECK(is(calculate(Operator::kMultiply, most, most), 1));
  CHECK(is(calculate(Operator::kMultiply, integer(INT64_MIN), integer(2)), 0));
  CHECK(calculate(Operator::kDivide, integer(INT64_MIN), integer(-1)).as_unsigned() == std::uint64_t{1}
                                                                                           << 63);
  CHECK(is(negate(Value::unsigned_integer(std::uint64_t{1} << 63)), INT64_MIN));
  CHECK(is(negate(integer(5)), -5));
  CHECK(negate(Value()).is_null());
}

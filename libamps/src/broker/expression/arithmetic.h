// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the expression language (broker 2.4).
// Threads: functions of their arguments.
#pragma once

#include "broker/expression/ast.h"
#include "broker/expression/value.h"

namespace amps::broker {

// `op` is one of kAdd, kSubtract, kMultiply, kDivide and kModulo. NULL and NaN pass through. An integer
// result that fits neither signed nor unsigned 64 bits is wrapped; division by integer zero is NaN.
Value calculate(Operator op, const Value& left, const Value& right) noexcept;
Value negate(const Value& value) noexcept;

}  // namespace amps::broker

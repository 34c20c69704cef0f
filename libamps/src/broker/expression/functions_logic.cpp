// SPDX-License-Identifier: Apache-2.0
// Choices and constants.
#include <limits>

#include "broker/expression/function.h"

namespace amps::broker {

namespace {

Value coalesce(const Call& call) {
  for (std::size_t i = 0; i < call.count(); ++i) {
    if (!call.value(i).is_null()) return call.value(i);
  }
  return {};
}

Value true_value(const Call&) {
  return Value::boolean(true);
}
Value false_value(const Call&) {
  return Value::boolean(false);
}
Value nan_value(const Call&) {
  return Value::floating(std::numeric_limits<double>::quiet_NaN());
}

constexpr Function kFunctions[] = {
    {"COALESCE", 1, kManyArguments, NullRule::kPassed, true, coalesce},
    {"FALSE_VALUE", 0, 0, NullRule::kPassed, true, false_value},
    {"IF", 3, 3, NullRule::kPassed, true, nullptr},
    {"NAN_VALUE", 0, 0, NullRule::kPassed, true, nan_value},
    {"TRUE_VALUE", 0, 0, NullRule::kPassed, true, true_value},
};

}  // namespace

FunctionFamily logic_functions() noexcept {
  return {kFunctions, std::size(kFunctions)};
}

}  // namespace amps::broker

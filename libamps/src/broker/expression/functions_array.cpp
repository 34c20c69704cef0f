// SPDX-License-Identifier: Apache-2.0
// Functions that take all elements of an array.
#include "broker/expression/arithmetic.h"
#include "broker/expression/function.h"

namespace amps::broker {

namespace {

Value array_count(const Call& call) {
  return Value::unsigned_integer(call.values(0).count);
}

Value array_sum(const Call& call) {
  Value sum;
  for (const Value& value : call.values(0)) {
    if (!value.is_null()) sum = sum.is_null() ? to_number(value) : calculate(Operator::kAdd, sum, value);
  }
  return sum;
}

template <Ordering Wanted>
Value array_extreme(const Call& call) {
  Value best;
  for (const Value& value : call.values(0)) {
    if (value.is_null()) continue;
    if (best.is_null() || compare(value, best) == Wanted) best = value;
  }
  return best;
}

Value array_to_string(const Call& call) {
  const ValueSpan values = call.values(0);
  if (values.empty()) return {};
  const std::string_view delimiter = call.text(1);
  const std::string_view null_text = call.text(2);
  char room[kNumberTextBytesMax];
  const auto form = [&](const Value& value) {
    return value.is_null() ? null_text : string_form(value, room);
  };
  std::size_t size = delimiter.size() * (values.count - 1);
  for (const Value& value : values) size += form(value).size();
  char* const begin = call.texts().allocate(size);
  if (begin == nullptr) return {};
  char* to = begin;
  for (const Value& value : values) {
    if (&value != values.begin()) to += delimiter.copy(to, delimiter.size());
    const std::string_view text = form(value);
    to += text.copy(to, text.size());
  }
  return Value::string({begin, size});
}

constexpr NullRule kPassed = NullRule::kPassed;
constexpr Function kFunctions[] = {
    {"ARRAY_COUNT", 1, 1, kPassed, true, array_count},
    {"ARRAY_MAX", 1, 1, kPassed, true, array_extreme<Ordering::kGreater>},
    {"ARRAY_MIN", 1, 1, kPassed, true, array_extreme<Ordering::kLess>},
    {"ARRAY_SUM", 1, 1, kPassed, true, array_sum},
    {"ARRAY_TO_STRING", 3, 3, kPassed, true, array_to_string},
};

}  // namespace

FunctionFamily array_functions() noexcept {
  return {kFunctions, std::size(kFunctions)};
}

}  // namespace amps::broker

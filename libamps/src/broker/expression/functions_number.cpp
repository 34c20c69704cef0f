// SPDX-License-Identifier: Apache-2.0
// Numeric functions.
#include <cmath>
#include <limits>

#include "broker/expression/arithmetic.h"
#include "broker/expression/function.h"

namespace amps::broker {

namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kEarthRadiusM = 6'371'000;
constexpr double kRadiansPerDegree = 0.017453292519943295;

Value not_a_number() noexcept {
  return Value::floating(std::numeric_limits<double>::quiet_NaN());
}

// An integral float as an integer, when it fits one.
Value integral(double value) noexcept {
  if (value >= -kTwoTo63 && value < kTwoTo63) return Value::integer(static_cast<std::int64_t>(value));
  if (value >= kTwoTo63 && value < 2 * kTwoTo63) {
    return Value::unsigned_integer(static_cast<std::uint64_t>(value));
  }
  return Value::floating(value);
}

template <double (*Round)(double)>
Value to_integral(const Call& call) {
  const Value number = to_number(call.value(0));
  return number.kind() == ValueKind::kFloat ? integral(Round(number.as_float())) : number;
}

template <double (*Round)(double)>
Value to_places(const Call& call) {
  if (call.count() == 1) return to_integral<Round>(call);
  const double value = call.number(0);
  const double places = std::trunc(call.number(1));
  if (std::isnan(value) || std::isnan(places)) return not_a_number();
  const double scale = std::pow(10.0, std::fmin(std::fabs(places), 308));
  if (places < 0) return Value::floating(Round(value / scale) * scale);
  const double scaled = value * scale;
  return Value::floating(std::isfinite(scaled) ? Round(scaled) / scale : value);
}

template <double (*Apply)(double)>
Value apply(const Call& call) {
  return Value::floating(Apply(call.number(0)));
}

// Overloads have no address.
double ceiling(double value) {
  return std::ceil(value);
}
double floor_of(double value) {
  return std::floor(value);
}
double round_of(double value) {
  return std::round(value);
}
double truncate(double value) {
  return std::trunc(value);
}
double exponential(double value) {
  return std::exp(value);
}
double square_root(double value) {
  return std::sqrt(value);
}
double logarithm(double value) {
  return value < 0 ? NAN : std::log(value);
}
double logarithm2(double value) {
  return value < 0 ? NAN : std::log2(value);
}
double logarithm10(double value) {
  return value < 0 ? NAN : std::log10(value);
}

Value absolute(const Call& call) {
  const Value number = to_number(call.value(0));
  if (number.kind() == ValueKind::kFloat) return Value::floating(std::fabs(number.as_float()));
  return number.kind() == ValueKind::kInteger && number.as_integer() < 0 ? negate(number) : number;
}

Value sign(const Call& call) {
  const double number = call.number(0);
  if (std::isnan(number)) return not_a_number();
  return Value::integer(number > 0 ? 1 : number < 0 ? -1 : 0);
}

Value power(const Call& call) {
  return Value::floating(std::pow(call.number(0), call.number(1)));
}

template <Ordering Wanted>
Value extreme(const Call& call) {
  Value best;
  for (std::size_t i = 0; i < call.count(); ++i) {
    const Value value = call.value(i);
    if (value.is_null()) continue;
    if (best.is_null() || compare(value, best) == Wanted) best = value;
  }
  return best;
}

Value width_bucket(const Call& call) {
  const double value = call.number(0);
  const double low = call.number(1);
  const double high = call.number(2);
  const double count = std::trunc(call.number(3));
  if (std::isnan(value) || std::isnan(low) || std::isnan(high) || std::isnan(count)) return not_a_number();
  if (count < 1 || low == high || !std::isfinite(low) || !std::isfinite(high)) return {};
  const bool rising = low < high;
  if (rising ? value < low : value > low) return Value::integer(0);
  if (rising ? value >= high : value <= high) return integral(count + 1);
  return integral(std::floor((value - low) / (high - low) * count) + 1);
}

Value geo_distance(const Call& call) {
  const double from = call.number(0) * kRadiansPerDegree;
  const double to = call.number(2) * kRadiansPerDegree;
  const double across = std::sin((call.number(3) - call.number(1)) * kRadiansPerDegree / 2);
  const double along = std::sin((to - from) / 2);
  const double chord = along * along + std::cos(from) * std::cos(to) * across * across;
  return Value::floating(2 * kEarthRadiusM * std::asin(std::fmin(1.0, std::sqrt(chord))));
}

constexpr NullRule kNull = NullRule::kNull;
constexpr Function kFunctions[] = {
    {"ABS", 1, 1, kNull, true, absolute},
    {"CEILING", 1, 1, kNull, true, to_integral<ceiling>},
    {"EXP", 1, 1, kNull, true, apply<exponential>},
    {"FLOOR", 1, 1, kNull, true, to_integral<floor_of>},
    {"GEO_DISTANCE", 4, 4, kNull, true, geo_distance},
    {"GREATEST", 1, kManyArguments, NullRule::kPassed, true, extreme<Ordering::kGreater>},
    {"LEAST", 1, kManyArguments, NullRule::kPassed, true, extreme<Ordering::kLess>},
    {"LN", 1, 1, kNull, true, apply<logarithm>},
    {"LOG10", 1, 1, kNull, true, apply<logarithm10>},
    {"LOG2", 1, 1, kNull, true, apply<logarithm2>},
    {"POWER", 2, 2, kNull, true, power},
    {"ROUND", 1, 2, kNull, true, to_places<round_of>},
    {"SIGN", 1, 1, kNull, true, sign},
    {"SQRT", 1, 1, kNull, true, apply<square_root>},
    {"TRUNC", 1, 2, kNull, true, to_places<truncate>},
    {"WIDTH_BUCKET", 4, 4, kNull, true, width_bucket},
};

}  // namespace

FunctionFamily number_functions() noexcept {
  return {kFunctions, std::size(kFunctions)};
}

}  // namespace amps::broker

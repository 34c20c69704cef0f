// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/exact_sum.h"

#include <cmath>
#include <limits>

namespace amps::broker {

namespace {

constexpr int kLowestExponent = -1074;  // Of the smallest float.
constexpr std::int64_t kLimbRange = std::int64_t{1} << 32;

}  // namespace

void ExactSum::count(double value, int direction) noexcept {
  if (std::isnan(value)) {
    nan_count_ += direction;
  } else if (std::isinf(value)) {
    (value > 0 ? infinity_count_ : negative_infinity_count_) += direction;
  } else if (value != 0) {
    int exponent = 0;
    const double fraction = std::frexp(std::fabs(value), &exponent);
    auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
    int position = exponent - 53 - kLowestExponent;
    if (position < 0) {  // A subnormal value: its lowest bits are zero.
      mantissa >>= -position;
      position = 0;
    }
    count_bits(mantissa, position, std::signbit(value) != (direction < 0));
  }
}

void ExactSum::count_product(double left, double right, int direction) noexcept {
  const double high = left * right;
  count(high, direction);
  if (std::isfinite(high)) count(std::fma(left, right, -high), direction);
}

void ExactSum::add_integer(WideInteger value) noexcept {
  const bool is_negative = value < 0;
  auto magnitude = static_cast<WideNatural>(value);
  if (is_negative) magnitude = -magnitude;
  const WideNatural low = magnitude & UINT64_MAX;
  count_bits(low, -kLowestExponent, is_negative);
  count_bits(magnitude >> 64, -kLowestExponent + 64, is_negative);
}

void ExactSum::count_bits(WideNatural magnitude, int position, bool is_negative) noexcept {
  magnitude <<= position % 32;
  for (auto limb = static_cast<std::size_t>(position / 32); magnitude != 0; ++limb, magnitude >>= 32) {
    const auto part = static_cast<std::int64_t>(static_cast<std::uint64_t>(magnitude) & (kLimbRange - 1));
    limbs_[limb] += is_negative ? -part : part;
  }
  if (++adds_ >= kAddsMax) carry();
}

// Brings every limb but the last between 0 and 2^32.
void ExactSum::carry() noexcept {
  std::int64_t carried = 0;
  for (int i = 0; i < kLimbs - 1; ++i) {
    const std::int64_t whole = limbs_[static_cast<std::size_t>(i)] + carried;
    carried = whole >> 32;
    limbs_[static_cast<std::size_t>(i)] = whole - carried * kLimbRange;
  }
  limbs_.back() += carried;
  adds_ = 0;
}

double ExactSum::value() const noexcept {
  if (nan_count_ != 0 || (infinity_count_ != 0 && negative_infinity_count_ != 0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (infinity_count_ != 0) return std::numeric_limits<double>::infinity();
  if (negative_infinity_count_ != 0) return -std::numeric_limits<double>::infinity();
  ExactSum digits = *this;
  digits.carry();
  const bool is_negative = digits.limbs_.back() < 0;
  if (is_negative) {
    for (std::int64_t& limb : digits.limbs_) limb = -limb;
    digits.carry();
  }
  int top = kLimbs - 1;
  while (top >= 0 && digits.limbs_[static_cast<std::size_t>(top)] == 0) --top;
  if (top < 0) return 0;
  // The three highest limbs have more bits than a float; whatever lies below only tells which way a tie goes.
  WideNatural leading = 0;
  for (int i = top; i > top - 3; --i) {
    leading = (leading << 32) +
              (i < 0 ? 0 : static_cast<std::uint64_t>(digits.limbs_[static_cast<std::size_t>(i)]));
  }
  for (int i = top - 3; i >= 0; --i) {
    if (digits.limbs_[static_cast<std::size_t>(i)] != 0) leading |= 1;
  }
  const double sum = std::ldexp(static_cast<double>(leading), 32 * (top - 2) + kLowestExponent);
  return is_negative ? -sum : sum;
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/constant_set.h"

#include <cmath>
#include <cstring>

namespace amps::broker {

bool number_key(const Value& number, NumberKey* out) noexcept {
  switch (number.kind()) {
    case ValueKind::kNull:
    case ValueKind::kString:
      return false;
    case ValueKind::kFloat: {
      const double real = number.as_float();
      if (std::isnan(real)) return false;
      constexpr double kTwoTo63 = 9223372036854775808.0;
      if (std::trunc(real) == real && real >= -kTwoTo63 && real < 2 * kTwoTo63) {
        const bool negative = real < 0;
        *out = {false, negative,
                negative ? static_cast<std::uint64_t>(static_cast<std::int64_t>(real))
                         : static_cast<std::uint64_t>(real)};
        return true;
      }
      std::uint64_t bits = 0;
      std::memcpy(&bits, &real, sizeof bits);
      *out = {true, false, bits};
      return true;
    }
    case ValueKind::kInteger:
      *out = {false, number.as_integer() < 0, number.as_unsigned()};
      return true;
    default:
      *out = {false, false, number.as_unsigned()};
      return true;
  }
}

std::size_t NumberKeyHash::operator()(const NumberKey& key) const noexcept {
  // A peer chooses the numbers, so the hash is keyed.
  return RandomHash()({reinterpret_cast<const char*>(&key.bits), sizeof key.bits});
}

ConstantSet::ConstantSet(const std::vector<Value>& constants) {
  NumberKey key;
  for (const Value& constant : constants) {
    if (!constant.is_string()) {
      if (number_key(constant, &key)) numbers_.insert(key);
      continue;
    }
    strings_.insert(constant.text());
    if (number_key(parse_number(constant.text()), &key)) numbers_in_strings_.insert(key);
  }
}

bool ConstantSet::contains(const Value& value) const noexcept {
  NumberKey key;
  if (value.is_string()) {
    if (strings_.find(value.text()) != strings_.end()) return true;
    return !numbers_.empty() && number_key(parse_number(value.text()), &key) &&
           numbers_.find(key) != numbers_.end();
  }
  if (!number_key(value, &key)) return false;
  return numbers_.find(key) != numbers_.end() || numbers_in_strings_.find(key) != numbers_in_strings_.end();
}

}  // namespace amps::broker

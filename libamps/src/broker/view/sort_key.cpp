// SPDX-License-Identifier: Apache-2.0
#include "broker/view/sort_key.h"

#include <cstdint>
#include <cstring>

namespace amps::broker {

namespace {

// In the order of the kinds.
constexpr char kNull = 1;
constexpr char kNaN = 2;
constexpr char kNumber = 3;
constexpr char kText = 4;

template <typename Unsigned>
void append_big_endian(Unsigned bits, std::string* out) {
  for (int shift = 8 * (int{sizeof bits} - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(bits >> shift));
  }
}

// The bits of a double, changed so that they sort like it.
std::uint64_t sortable(double number) {
  if (number == 0) number = 0;  // Of the two zeros this one.
  std::uint64_t bits = 0;
  std::memcpy(&bits, &number, sizeof bits);
  const std::uint64_t sign = std::uint64_t{1} << 63;
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

// A whole number of at most 65 bits, modulo 2^64.
std::uint64_t low_bits(double whole) {
  if (whole < 0) return static_cast<std::uint64_t>(static_cast<std::int64_t>(whole));
  constexpr double kEnd = 18446744073709551616.0;
  return whole >= kEnd ? 0 : static_cast<std::uint64_t>(whole);
}

// The nearest double, then by how much an integer differs from it: at most 1024.
void append_number(const Value& value, std::string* out) {
  double nearest = 0;
  std::uint64_t exact = 0;  // Modulo 2^64.
  switch (value.kind()) {
    case ValueKind::kFloat:
      append_big_endian(sortable(value.as_float()), out);
      append_big_endian(std::uint16_t{1u << 15}, out);
      return;
    case ValueKind::kUnsigned:
      exact = value.as_unsigned();
      nearest = static_cast<double>(exact);
      break;
    case ValueKind::kBoolean:
      exact = value.as_boolean() ? 1 : 0;
      nearest = static_cast<double>(exact);
      break;
    default:
      exact = static_cast<std::uint64_t>(value.as_integer());
      nearest = static_cast<double>(value.as_integer());
      break;
  }
  append_big_endian(sortable(nearest), out);
  append_big_endian(static_cast<std::uint16_t>(exact - low_bits(nearest) + (1u << 15)), out);
}

}  // namespace

void append_sort_key(const Value& value, bool descending, std::string* out) {
  const std::size_t begin = out->size();
  if (value.is_null()) {
    out->push_back(kNull);
  } else if (value.is_nan()) {
    out->push_back(kNaN);
  } else if (!value.is_string()) {
    out->push_back(kNumber);
    append_number(value, out);
  } else {
    out->push_back(kText);
    for (const char byte : value.text()) {
      out->push_back(byte);
      if (byte == 0) out->push_back('\xFF');  // Above the end of a shorter text.
    }
    out->append("\0\1", 2);
  }
  if (!descending) return;
  for (std::size_t i = begin; i < out->size(); ++i) (*out)[i] = static_cast<char>(~(*out)[i]);
}

void append_sort_tie(std::string_view text, std::string* out) {
  out->append(text);
}

}  // namespace amps::broker

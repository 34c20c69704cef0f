// SPDX-License-Identifier: Apache-2.0
// A value of the expression language: NULL, boolean, integer, float or bytes, and the rules that turn
// one into another (broker 2.4 to 2.6).
// Threads: a value. Owns: nothing; text() views the message or the scratch memory it was made in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"

namespace amps::broker {

enum class ValueKind : std::uint8_t {
  kNull,
  kBoolean,
  kInteger,
  kUnsigned,  // Only above 2^63 - 1, so every integer has one representation.
  kFloat,
  kString,  // Never empty: the empty string is NULL.
};

enum class Truth : std::uint8_t { kFalse, kTrue, kNull };

// kUnordered: a side is NULL or NaN; every comparison is then false.
enum class Ordering : std::uint8_t { kLess, kEqual, kGreater, kUnordered };

class Value {
 public:
  constexpr Value() noexcept = default;  // NULL.
  static constexpr Value boolean(bool value) noexcept {
    return Value(ValueKind::kBoolean, value ? 1u : 0u, {});
  }
  static constexpr Value integer(std::int64_t value, std::string_view text = {}) noexcept {
    return Value(ValueKind::kInteger, static_cast<std::uint64_t>(value), text);
  }
  static constexpr Value unsigned_integer(std::uint64_t value, std::string_view text = {}) noexcept {
    return Value(value > INT64_MAX ? ValueKind::kUnsigned : ValueKind::kInteger, value, text);
  }
  static Value floating(double value, std::string_view text = {}) noexcept;
  static constexpr Value string(std::string_view bytes) noexcept {
    return bytes.empty() ? Value() : Value(ValueKind::kString, 0, bytes);
  }

  constexpr ValueKind kind() const noexcept { return kind_; }
  constexpr bool is_null() const noexcept { return kind_ == ValueKind::kNull; }
  constexpr bool is_string() const noexcept { return kind_ == ValueKind::kString; }
  // Integer, unsigned or float; not boolean.
  constexpr bool is_number() const noexcept {
    return kind_ >= ValueKind::kInteger && kind_ <= ValueKind::kFloat;
  }
  bool is_nan() const noexcept;  // A float that is not a number.

  // Requires: the kind that is asked for.
  constexpr bool as_boolean() const noexcept { return bits_ != 0; }
  constexpr std::int64_t as_integer() const noexcept { return static_cast<std::int64_t>(bits_); }
  constexpr std::uint64_t as_unsigned() const noexcept { return bits_; }
  double as_float() const noexcept;

  // The bytes of a string; of a number the text it was read from, empty when it was computed.
  constexpr std::string_view text() const noexcept { return text_; }

 private:
  constexpr Value(ValueKind kind, std::uint64_t bits, std::string_view text) noexcept
      : text_(text), bits_(bits), kind_(kind) {}

  std::string_view text_;
  std::uint64_t bits_ = 0;
  ValueKind kind_ = ValueKind::kNull;
};

// One field of a message: no value (NULL), one, or an array in document order.
struct ValueSpan {
  const Value* first = nullptr;
  std::size_t count = 0;

  const Value* begin() const noexcept { return first; }
  const Value* end() const noexcept { return first + count; }
  bool empty() const noexcept { return count == 0; }
  Value scalar() const noexcept { return count == 0 ? Value() : *first; }
};

// Reads a number as literals are written, with an optional sign and white space around it. Integers
// that do not fit 64 bits become floats. NULL when it is anything else.
Value parse_number(std::string_view text) noexcept;
// The same without sign and space handling: `text` is known to hold a JSON number.
Value parse_plain_number(std::string_view text) noexcept;
// What a field of a format without types holds: NULL when empty, a number if it reads as one, else bytes.
Value infer_value(std::string_view text) noexcept;

// The numeric view: booleans are 1 and 0, a string is read as a number or is NaN, NULL stays NULL.
Value to_number(const Value& value) noexcept;
// The numeric view as a double; NULL is NaN.
double to_double(const Value& value) noexcept;

// Comparison by the rules of the language: a string that is no number is greater than every number.
Ordering compare(const Value& left, const Value& right) noexcept;
inline bool equal(const Value& left, const Value& right) noexcept {
  return compare(left, right) == Ordering::kEqual;
}
// A strict weak order for sorting: NULL, NaN, numbers, strings bytewise. compare() cannot serve, because
// text that reads as a number is ordered one way against numbers and another against text.
int sort_order(const Value& left, const Value& right) noexcept;

Truth truth_of(const Value& value) noexcept;

constexpr std::size_t kNumberTextBytesMax = 32;
// The string form: the original text if there is one, decimal digits, the shortest text that reads back
// to the same float (with .0 when integral), true or false, nothing for NULL. A number without a text is
// written to `room`, which the view then points into.
std::string_view string_form(const Value& value, char (&room)[kNumberTextBytesMax]) noexcept;
void append_string_form(const Value& value, Buffer* out);

}  // namespace amps::broker

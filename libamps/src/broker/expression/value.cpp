// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/decimal.h"

namespace amps::broker {

namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

constexpr bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}
constexpr bool is_space(char byte) noexcept {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// What a number is made of: digits [. [digits]] [exponent] | . digits [exponent].
struct NumberShape {
  bool valid = false;
  bool floating = false;
};

NumberShape shape_of(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  NumberShape shape;
  const char* const whole = at;
  while (at != end && is_digit(*at)) ++at;
  std::size_t digits = static_cast<std::size_t>(at - whole);
  if (at != end && *at == '.') {
    shape.floating = true;
    const char* const fraction = ++at;
    while (at != end && is_digit(*at)) ++at;
    digits += static_cast<std::size_t>(at - fraction);
  }
  if (digits == 0) return {};
  if (at != end && (*at == 'e' || *at == 'E')) {
    shape.floating = true;
    if (++at != end && (*at == '+' || *at == '-')) ++at;
    const char* const exponent = at;
    while (at != end && is_digit(*at)) ++at;
    if (at == exponent) return {};
  }
  shape.valid = at == end;
  return shape;
}

// Power of ten of the first digit that counts: positive when the number is at least 1.
std::int64_t magnitude_of(std::string_view text) noexcept {
  const std::size_t mark = text.find_first_of("eE");
  const std::string_view significand = text.substr(0, mark);
  const std::size_t first = significand.find_first_not_of("0.");
  if (first == std::string_view::npos) return INT32_MIN;
  const auto point = static_cast<std::int64_t>(std::min(significand.find('.'), significand.size()));
  const auto at = static_cast<std::int64_t>(first);
  std::int64_t exponent = 0;
  if (mark != std::string_view::npos) {
    std::string_view digits = text.substr(mark + 1);
    const bool negative = digits.front() == '-';
    if (negative || digits.front() == '+') digits.remove_prefix(1);
    for (const char digit : digits)
      exponent = std::min<std::int64_t>(exponent * 10 + (digit - '0'), INT32_MAX);
    if (negative) exponent = -exponent;
  }
  return (at < point ? point - at : point - at + 1) + exponent;
}

double parse_double(std::string_view text) noexcept {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  // Too large or too small, which from_chars does not tell apart.
  return magnitude_of(text) > 0 ? std::numeric_limits<double>::infinity() : 0;
}

// Digits only.
bool parse_digits(std::string_view digits, std::uint64_t* out) noexcept {
  std::uint64_t value = 0;
  if (digits.size() <= 19) {
    for (const char digit : digits) value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    *out = value;
    return true;
  }
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  const auto parsed = parse_decimal(digits);
  if (parsed) *out = *parsed;
  return parsed.has_value();
}

Value make_integer(bool negative, std::string_view digits, std::string_view text) noexcept {
  std::uint64_t magnitude = 0;
  if (parse_digits(digits, &magnitude)) {
    if (!negative) return Value::unsigned_integer(magnitude, text);
    if (magnitude <= std::uint64_t{1} << 63) {
      return Value::integer(static_cast<std::int64_t>(0 - magnitude), text);
    }
  }
  const double value = parse_double(digits);
  return Value::floating(negative ? -value : value, text);
}

// Exact powers of ten: with at most 15 digits before them the result is correctly rounded.
constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// `text` is valid: sign removed, has a point or an exponent.
double decimal_to_double(std::string_view text) noexcept {
  std::uint64_t digits = 0;
  std::size_t count = 0;
  std::size_t fraction = 0;
  bool in_fraction = false;
  for (const char byte : text) {
    if (byte == '.') {
      in_fraction = true;
    } else if (is_digit(byte)) {
      digits = digits * 10 + static_cast<std::uint64_t>(byte - '0');
      fraction += in_fraction ? 1 : 0;
      if (++count > 15) return parse_double(text);
    } else {
      return parse_double(text);
    }
  }
  return static_cast<double>(digits) / kPowersOfTen[fraction];
}

// `text` with its sign removed.
Value make_number(bool negative, std::string_view unsigned_text, bool floating,
                  std::string_view text) noexcept {
  if (!floating) return make_integer(negative, unsigned_text, text);
  const double value = decimal_to_double(unsigned_text);
  return Value::floating(negative ? -value : value, text);
}

Ordering order_of(double left, double right) noexcept {
  if (left < right) return Ordering::kLess;
  if (left > right) return Ordering::kGreater;
  return left == right ? Ordering::kEqual : Ordering::kUnordered;
}

template <typename T>
Ordering order_integers(T left, T right) noexcept {
  return left < right ? Ordering::kLess : left > right ? Ordering::kGreater : Ordering::kEqual;
}

Ordering reversed(Ordering order) noexcept {
  if (order == Ordering::kLess) return Ordering::kGreater;
  return order == Ordering::kGreater ? Ordering::kLess : order;
}

bool is_negative(const Value& integer) noexcept {
  return integer.kind() == ValueKind::kInteger && integer.as_integer() < 0;
}

// Exactly, not by rounding the integer: comparisons have to be transitive.
Ordering order_integer_float(const Value& integer, double right) noexcept {
  if (std::isnan(right)) return Ordering::kUnordered;
  if (is_negative(integer)) {
    if (right >= 0) return Ordering::kLess;
    if (right < -kTwoTo63) return Ordering::kGreater;
    const double whole = std::trunc(right);
    const Ordering order = order_integers(integer.as_integer(), static_cast<std::int64_t>(whole));
    return order == Ordering::kEqual ? order_of(whole, right) : order;
  }
  if (right < 0) return Ordering::kGreater;
  if (right >= kTwoTo64) return Ordering::kLess;
  const double whole = std::trunc(right);
  const Ordering order = order_integers(integer.as_unsigned(), static_cast<std::uint64_t>(whole));
  return order == Ordering::kEqual ? order_of(whole, right) : order;
}

// Neither is NULL nor a string; booleans count as integers, whose bits they have.
Ordering order_numbers(const Value& left, const Value& right) noexcept {
  const bool left_float = left.kind() == ValueKind::kFloat;
  const bool right_float = right.kind() == ValueKind::kFloat;
  if (left_float && right_float) return order_of(left.as_float(), right.as_float());
  if (right_float) return order_integer_float(left, right.as_float());
  if (left_float) return reversed(order_integer_float(right, left.as_float()));
  const bool left_negative = is_negative(left);
  if (left_negative != is_negative(right)) return left_negative ? Ordering::kLess : Ordering::kGreater;
  // Two's complement keeps the order among negative numbers.
  return order_integers(left.as_unsigned(), right.as_unsigned());
}

Ordering order_bytes(std::string_view left, std::string_view right) noexcept {
  const int order = left.compare(right);
  return order < 0 ? Ordering::kLess : order > 0 ? Ordering::kGreater : Ordering::kEqual;
}

std::string_view format_float(double value, char (&room)[kNumberTextBytesMax]) noexcept {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  const double magnitude = std::fabs(value);
  const bool scientific = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  const auto result = std::to_chars(room, room + sizeof room - 2, value,
                                    scientific ? std::chars_format::scientific : std::chars_format::fixed);
  char* end = result.ptr;
  if (std::string_view(room, static_cast<std::size_t>(end - room)).find_first_of(".e") ==
      std::string_view::npos) {
    *end++ = '.';
    *end++ = '0';
  }
  return {room, static_cast<std::size_t>(end - room)};
}

int rank_of(const Value& value) noexcept {
  if (value.is_null()) return 0;
  if (value.is_nan()) return 1;
  return value.is_string() ? 3 : 2;
}

}  // namespace

Value Value::floating(double value, std::string_view text) noexcept {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return Value(ValueKind::kFloat, bits, text);
}

double Value::as_float() const noexcept {
  double value = 0;
  std::memcpy(&value, &bits_, sizeof value);
  return value;
}

bool Value::is_nan() const noexcept {
  return kind_ == ValueKind::kFloat && std::isnan(as_float());
}

Value parse_number(std::string_view text) noexcept {
  std::string_view trimmed = trim(text);
  bool negative = false;
  if (!trimmed.empty() && (trimmed.front() == '-' || trimmed.front() == '+')) {
    negative = trimmed.front() == '-';
    trimmed.remove_prefix(1);
  }
  const NumberShape shape = shape_of(trimmed);
  return shape.valid ? make_number(negative, trimmed, shape.floating, text) : Value();
}

Value parse_plain_number(std::string_view text) noexcept {
  const bool negative = text.front() == '-';
  const std::string_view magnitude = negative ? text.substr(1) : text;
  const bool floating = magnitude.find_first_of(".eE") != std::string_view::npos;
  return make_number(negative, magnitude, floating, text);
}

Value infer_value(std::string_view text) noexcept {
  if (text.empty()) return {};
  // Letters cannot begin a number: most text is told apart by its first byte.
  const char first = text.front();
  if (is_digit(first) || first == '-' || first == '+' || first == '.' || is_space(first)) {
    const Value number = parse_number(text);
    if (!number.is_null()) return number;
  }
  return Value::string(text);
}

Value to_number(const Value& value) noexcept {
  switch (value.kind()) {
    case ValueKind::kBoolean:
      return Value::integer(value.as_boolean() ? 1 : 0);
    case ValueKind::kString: {
      const Value number = parse_number(value.text());
      return number.is_null() ? Value::floating(std::numeric_limits<double>::quiet_NaN()) : number;
    }
    default:
      return value;
  }
}

double to_double(const Value& value) noexcept {
  const Value number = to_number(value);
  switch (number.kind()) {
    case ValueKind::kInteger:
      return static_cast<double>(number.as_integer());
    case ValueKind::kUnsigned:
      return static_cast<double>(number.as_unsigned());
    case ValueKind::kFloat:
      return number.as_float();
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

Ordering compare(const Value& left, const Value& right) noexcept {
  if (left.is_null() || right.is_null()) return Ordering::kUnordered;
  if (left.is_string() && right.is_string()) return order_bytes(left.text(), right.text());
  if (left.is_string()) return reversed(compare(right, left));
  if (!right.is_string()) return order_numbers(left, right);
  if (left.is_nan()) return Ordering::kUnordered;
  const Value number = parse_number(right.text());
  return number.is_null() ? Ordering::kLess : order_numbers(left, number);
}

int sort_order(const Value& left, const Value& right) noexcept {
  const int left_rank = rank_of(left);
  const int right_rank = rank_of(right);
  if (left_rank != right_rank) return left_rank < right_rank ? -1 : 1;
  if (left_rank < 2) return 0;
  const Ordering order = left_rank == 3 ? order_bytes(left.text(), right.text()) : order_numbers(left, right);
  return order == Ordering::kLess ? -1 : order == Ordering::kGreater ? 1 : 0;
}

Truth truth_of(const Value& value) noexcept {
  if (value.kind() == ValueKind::kBoolean) return value.as_boolean() ? Truth::kTrue : Truth::kFalse;
  const Value number = to_number(value);
  switch (number.kind()) {
    case ValueKind::kNull:
      return Truth::kNull;
    case ValueKind::kFloat: {
      const double real = number.as_float();
      return real != 0 && !std::isnan(real) ? Truth::kTrue : Truth::kFalse;
    }
    default:
      return number.as_unsigned() != 0 ? Truth::kTrue : Truth::kFalse;
  }
}

std::string_view string_form(const Value& value, char (&room)[kNumberTextBytesMax]) noexcept {
  if (!value.text().empty()) return value.text();
  switch (value.kind()) {
    case ValueKind::kBoolean:
      return value.as_boolean() ? "true" : "false";
    case ValueKind::kInteger: {
      const std::int64_t integer = value.as_integer();
      const bool negative = integer < 0;
      const std::uint64_t magnitude = negative ? 0 - value.as_unsigned() : value.as_unsigned();
      room[0] = '-';
      const std::size_t size = format_decimal(room + (negative ? 1 : 0), magnitude);
      return {room, size + (negative ? 1 : 0)};
    }
    case ValueKind::kUnsigned:
      return {room, format_decimal(room, value.as_unsigned())};
    case ValueKind::kFloat:
      return format_float(value.as_float(), room);
    default:
      return {};
  }
}

void append_string_form(const Value& value, Buffer* out) {
  char room[kNumberTextBytesMax];
  out->append(string_form(value, room));
}

}  // namespace amps::broker

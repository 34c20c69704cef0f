// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

using namespace amps::broker;

namespace {

std::string form(const Value& value) {
  char room[kNumberTextBytesMax];
  return std::string(string_form(value, room));
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("EXP-02: numbers are read as literals are written") {
  CHECK(parse_number("47").as_integer() == 47);
  CHECK(parse_number("047").as_integer() == 47);
  CHECK(parse_number(" -5 ").as_integer() == -5);
  CHECK(parse_number("+5").as_integer() == 5);
  CHECK(parse_number("4.7e1").as_float() == 47);
  CHECK(parse_number(".5").as_float() == 0.5);
  CHECK(parse_number("5.").as_float() == 5);
  CHECK(parse_number("0.1").as_float() == 0.1);
  CHECK(parse_number("123456789.123456789").as_float() == 123456789.123456789);
  for (const char* text : {"", " ", "-", ".", "e5", "1e", "1e+", "0x10", "nan", "inf", "1 2", "1,5", "--1"}) {
    CAPTURE(text);
    CHECK(parse_number(text).is_null());
  }
}

TEST_CASE("EXP-02: integers beyond 64 bits become floats") {
  CHECK(parse_number("9223372036854775807").kind() == ValueKind::kInteger);
  CHECK(parse_number("9223372036854775808").kind() == ValueKind::kUnsigned);
  CHECK(parse_number("18446744073709551615").as_unsigned() == UINT64_MAX);
  CHECK(parse_number("18446744073709551616").as_float() == 18446744073709551616.0);
  CHECK(parse_number("-9223372036854775808").as_integer() == INT64_MIN);
  CHECK(parse_number("-9223372036854775809").as_float() == -9223372036854775809.0);
  CHECK(parse_number("000000000000000000000000000001").as_integer() == 1);
}

TEST_CASE("EXP-02: floats beyond a double are infinite or zero") {
  CHECK(std::isinf(parse_number("1e400").as_float()));
  CHECK(parse_number("-1e400").as_float() < 0);
  CHECK(parse_number("1e-400").as_float() == 0);
  CHECK(parse_number("0e400").as_float() == 0);
  CHECK(std::isinf(parse_number("1e99999999999999999999").as_float()));
  CHECK(parse_number("0." + std::string(400, '0') + "1").as_float() == 0);
  CHECK(std::isinf(parse_number(std::string(400, '9') + ".0").as_float()));
}

TEST_CASE("EXP-04: text of untyped formats is a number when it reads as one, and keeps its text") {
  CHECK(infer_value("150.25").kind() == ValueKind::kFloat);
  CHECK(infer_value("00150").text() == "00150");
  CHECK(form(infer_value("00150")) == "00150");
  CHECK(infer_value("IBM").kind() == ValueKind::kString);
  CHECK(infer_value("1-2").kind() == ValueKind::kString);
  CHECK(infer_value("").is_null());
}

TEST_CASE("EXP-04: comparison across types") {
  CHECK(compare(Value::integer(100), Value::string("100.0")) == Ordering::kEqual);
  CHECK(compare(Value::string("47"), Value::string("47.0")) == Ordering::kLess);
  CHECK(compare(Value::string("IBM"), Value::integer(99999)) == Ordering::kGreater);
  CHECK(compare(Value::integer(99999), Value::string("IBM")) == Ordering::kLess);
  CHECK(compare(Value::boolean(true), Value::integer(1)) == Ordering::kEqual);
  CHECK(compare(Value::boolean(true), Value::string("1")) == Ordering::kEqual);
  CHECK(compare(Value(), Value()) == Ordering::kUnordered);
  CHECK(compare(Value::floating(kNan), Value::string("x")) == Ordering::kUnordered);
  CHECK(compare(Value::floating(kNan), Value::floating(kNan)) == Ordering::kUnordered);
}

TEST_CASE("EXP-04: integers and floats compare without rounding") {
  CHECK(compare(Value::integer(9007199254740993), Value::floating(9007199254740992.0)) == Ordering::kGreater);
  CHECK(compare(Value::integer(-9007199254740993), Value::floating(-9007199254740992.0)) == Ordering::kLess);
  CHECK(compare(Value::integer(INT64_MAX), Value::floating(9223372036854775808.0)) == Ordering::kLess);
  CHECK(compare(Value::unsigned_integer(UINT64_MAX), Value::floating(18446744073709551616.0)) ==
        Ordering::kLess);
  CHECK(compare(Value::unsigned_integer(UINT64_MAX), Value::integer(-1)) == Ordering::kGreater);
  CHECK(compare(Value::integer(2), Value::floating(2.5)) == Ordering::kLess);
  CHECK(compare(Value::integer(-2), Value::floating(-2.5)) == Ordering::kGreater);
  CHECK(compare(Value::integer(0), Value::floating(-0.5)) == Ordering::kGreater);
  CHECK(compare(Value::integer(5), Value::floating(std::numeric_limits<double>::infinity())) ==
        Ordering::kLess);
}

TEST_CASE("sorting puts NULL before NaN, numbers and strings") {
  const Value sorted[] = {Value(),
                          Value::floating(kNan),
                          Value::integer(-1),
                          Value::floating(2.5),
                          Value::integer(10),
                          Value::string("10"),
                          Value::string("9"),
                          Value::string("a")};
  for (const Value& left : sorted) {
    for (const Value& right : sorted) {
      const int expected = &left < &right ? -1 : &left > &right ? 1 : 0;
      CHECK(sort_order(left, right) == expected);
    }
  }
}

TEST_CASE("EXP-04: truth of a value") {
  CHECK(truth_of(Value()) == Truth::kNull);
  CHECK(truth_of(Value::boolean(true)) == Truth::kTrue);
  CHECK(truth_of(Value::integer(0)) == Truth::kFalse);
  CHECK(truth_of(Value::floating(-0.5)) == Truth::kTrue);
  CHECK(truth_of(Value::floating(kNan)) == Truth::kFalse);
  CHECK(truth_of(Value::string("1")) == Truth::kTrue);
  CHECK(truth_of(Value::string("0.0")) == Truth::kFalse);
  CHECK(truth_of(Value::string("yes")) == Truth::kFalse);
}

TEST_CASE("EXP-04: string form of computed values") {
  CHECK(form(Value::integer(-42)) == "-42");
  CHECK(form(Value::integer(INT64_MIN)) == "-9223372036854775808");
  CHECK(form(Value::unsigned_integer(UINT64_MAX)) == "18446744073709551615");
  CHECK(form(Value::floating(1024)) == "1024.0");
  CHECK(form(Value::floating(0.1)) == "0.1");
  CHECK(form(Value::floating(100000)) == "100000.0");
  CHECK(form(Value::floating(1e22)) == "1e+22");
  CHECK(form(Value::floating(1e-5)) == "1e-05");
  CHECK(form(Value::floating(-std::numeric_limits<double>::denorm_min())) == "-5e-324");
  CHECK(form(Value::boolean(true)) == "true");
  CHECK(form(Value()) == "");
}

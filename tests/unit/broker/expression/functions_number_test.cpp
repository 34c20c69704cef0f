// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>

#include "unit/broker/expression/evaluator.h"

namespace {

struct Fixture {
  Evaluator value;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "EXP-20: rounding") {
  CHECK(value("ROUND(2.5)") == "3");
  CHECK(value("ROUND(-2.5)") == "-3");
  CHECK(value("ROUND(3.14159, 2)") == "3.14");
  CHECK(value("ROUND(1234.5, -2)") == "1200.0");
  CHECK(value("ROUND(1.5, 400)") == "1.5");
  CHECK(value("TRUNC(-1.55, 1)") == "-1.5");
  CHECK(value("TRUNC(-1.5)") == "-1");
  CHECK(value("FLOOR(-1.5)") == "-2");
  CHECK(value("CEILING(-1.5)") == "-1");
  CHECK(value("FLOOR(7)") == "7");
  CHECK(value("FLOOR(1e19)") == "10000000000000000000");
  CHECK(value("FLOOR(1e30)") == "1e+30");
  CHECK(value("ROUND('x')") == "NaN");
}

TEST_CASE_FIXTURE(Fixture, "EXP-20: functions of one number") {
  CHECK(value("ABS(-5)") == "5");
  CHECK(value("ABS(-9223372036854775808)") == "9223372036854775808");
  CHECK(value("ABS(-1.5)") == "1.5");
  CHECK(value("SIGN(-0.1)") == "-1");
  CHECK(value("SIGN(0)") == "0");
  CHECK(value("SQRT(16)") == "4.0");
  CHECK(value("SQRT(-1)") == "NaN");
  CHECK(value("LN(1)") == "0.0");
  CHECK(value("LN(-1)") == "NaN");
  CHECK(value("LOG2(8)") == "3.0");
  CHECK(value("LOG10(1000)") == "3.0");
  CHECK(value("EXP(0)") == "1.0");
  CHECK(value("POWER(2, 10)") == "1024.0");
  CHECK(value("ABS(/nope)") == "NULL");
}

TEST_CASE_FIXTURE(Fixture, "EXP-20: the greatest and least, and buckets") {
  CHECK(value("GREATEST(1, '7', 3)") == "'7'");
  CHECK(value("LEAST(4, /missing, 2)") == "2");
  CHECK(value("GREATEST(1, 'x', 99999)") == "'x'");
  CHECK(value("LEAST(/missing)") == "NULL");
  CHECK(value("WIDTH_BUCKET(5.35, 0.024, 10.06, 5)") == "3");
  CHECK(value("WIDTH_BUCKET(-1, 0, 10, 5)") == "0");
  CHECK(value("WIDTH_BUCKET(10, 0, 10, 5)") == "6");
  CHECK(value("WIDTH_BUCKET(9, 10, 0, 5)") == "1");
  CHECK(value("WIDTH_BUCKET(5, 1, 1, 5)") == "NULL");
  CHECK(value("WIDTH_BUCKET(5, 0, 10, 0)") == "NULL");
  CHECK(value("WIDTH_BUCKET('x', 0, 10, 1)") == "NaN");
}

TEST_CASE_FIXTURE(Fixture, "EXP-23: distances on the globe") {
  CHECK(value("GEO_DISTANCE(0, 0, 0, 0)") == "0.0");
  CHECK(std::fabs(value.evaluate("GEO_DISTANCE(0, 0, 0, 1)").as_float() - 111194.93) < 1);
  CHECK(std::fabs(value.evaluate("GEO_DISTANCE(90, 0, -90, 0)").as_float() - 20015086.8) < 1);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/broker/expression/evaluator.h"

TEST_CASE("EXP-26: functions of whole arrays") {
  Evaluator value;
  value.message(R"({"v":[4,8,15,"owl",23],"n":[null,1,2.5],"e":[],"one":7,"z":[null,null]})");
  CHECK(value("ARRAY_COUNT(/v)") == "5");
  CHECK(value("ARRAY_COUNT(/e)") == "0");
  CHECK(value("ARRAY_COUNT(/missing)") == "0");
  CHECK(value("ARRAY_COUNT(/one)") == "1");
  CHECK(value("ARRAY_SUM(/n)") == "3.5");
  CHECK(value("ARRAY_SUM(/v)") == "NaN");
  CHECK(value("ARRAY_SUM(/e)") == "NULL");
  CHECK(value("ARRAY_SUM(/z)") == "NULL");
  CHECK(value("ARRAY_MIN(/v)") == "4");
  CHECK(value("ARRAY_MAX(/v)") == "'owl'");
  CHECK(value("ARRAY_MIN(/n)") == "1");
  CHECK(value("ARRAY_TO_STRING(/n, '-', 'nil')") == "'nil-1-2.5'");
  CHECK(value("ARRAY_TO_STRING(/v, '', '')") == "'4815owl23'");
  CHECK(value("ARRAY_TO_STRING(/e, ',', '?')") == "NULL");
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/broker/expression/evaluator.h"

TEST_CASE("EXP-16: COALESCE takes the first value that is not NULL") {
  Evaluator value;
  value.message(R"({"a":null,"b":"","c":0})");
  CHECK(value("COALESCE(/a, /b, /c, 1)") == "0");
  CHECK(value("COALESCE(/a, /b)") == "NULL");
}

TEST_CASE("EXP-30: constants") {
  Evaluator value;
  CHECK(value("TRUE_VALUE() = 1 AND NOT FALSE_VALUE()") == "true");
  CHECK(value("NAN_VALUE()") == "NaN");
  CHECK(value("NAN_VALUE() = NAN_VALUE()") == "false");
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/constant_set.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace amps::broker;

TEST_CASE("EXP-09: a set agrees with comparing one by one") {
  const std::vector<Value> values = {Value(),
                                     Value::integer(0),
                                     Value::integer(1),
                                     Value::integer(-1),
                                     Value::integer(INT64_MIN),
                                     Value::unsigned_integer(UINT64_MAX),
                                     Value::floating(1),
                                     Value::floating(-0.0),
                                     Value::floating(1.5),
                                     Value::floating(NAN),
                                     Value::floating(INFINITY),
                                     Value::floating(1e300),
                                     Value::floating(18446744073709551616.0),
                                     Value::floating(-9223372036854775808.0),
                                     Value::boolean(true),
                                     Value::boolean(false),
                                     Value::string("1"),
                                     Value::string("1.0"),
                                     Value::string(" 1 "),
                                     Value::string("1.5"),
                                     Value::string("a"),
                                     Value::string("true"),
                                     Value::string("-1"),
                                     Value::string("1e300"),
                                     Value::string("18446744073709551615"),
                                     Value::string("nan")};
  for (const Value& constant : values) {
    const ConstantSet set({Value::string("unrelated"), constant});
    for (const Value& value : values) {
      CAPTURE(&constant - values.data());
      CAPTURE(&value - values.data());
      CHECK(set.contains(value) == equal(value, constant));
    }
  }
}

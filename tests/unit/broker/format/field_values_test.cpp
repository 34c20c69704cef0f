// SPDX-License-Identifier: Apache-2.0
#include "broker/format/field_values.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

struct Fixture {
  Fixture() {
    FieldPath path;
    REQUIRE(FieldPath::parse("/a", &path).ok());
    slot = plan.add(path);
    values.begin(plan);
  }
  FieldPlan plan;
  FieldPlan::Slot slot;
  FieldValues values;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "EXP-24: several values at one path are an array in order") {
  for (int i = 0; i < 5; ++i) values.append(slot, Value::integer(i));
  const ValueSpan span = values.at(slot);
  REQUIRE(span.count == 5);
  for (int i = 0; i < 5; ++i) CHECK(span.first[i].as_integer() == i);
}

TEST_CASE_FIXTURE(Fixture, "EXP-05: a null alone is no value, within an array it is an element") {
  values.append(slot, Value());
  CHECK(values.at(slot).empty());
  values.append(slot, Value::integer(1));
  CHECK(values.at(slot).count == 2);
  CHECK(values.at(slot).first[0].is_null());

  values.begin(plan);
  CHECK(values.at(slot).empty());
  values.append_element(slot, Value(), true);
  CHECK(values.at(slot).count == 1);
  values.append_element(slot, Value(), true);
  CHECK(values.at(slot).count == 2);
}

TEST_CASE_FIXTURE(Fixture, "a message sees nothing of the one before it") {
  for (int i = 0; i < 3; ++i) values.append(slot, Value::integer(i));
  values.begin(plan);
  CHECK(values.at(slot).empty());
  values.append(slot, Value::integer(9));
  CHECK(values.at(slot).count == 1);
  CHECK(values.at(slot).scalar().as_integer() == 9);
  CHECK(values.at(77).empty());
}

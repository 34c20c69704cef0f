// SPDX-License-Identifier: Apache-2.0
#include "broker/format/field_plan.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

FieldPath path(std::string_view text) {
  FieldPath parsed;
  REQUIRE(FieldPath::parse(text, &parsed).ok());
  return parsed;
}

}  // namespace

TEST_CASE("equal paths share a slot, whatever their subscript") {
  FieldPlan plan;
  const auto slot = plan.add(path("/a/b"));
  CHECK(plan.add(path("/a/b")) == slot);
  CHECK(plan.add(path("/a/b[3]")) == slot);
  CHECK(plan.add(path("/a")) != slot);
  CHECK(plan.slot_count() == 2);
  CHECK(plan.find(path("/a/b")) == slot);
  CHECK(plan.find(path("/a/c")) == FieldPlan::kNone);
}

TEST_CASE("many fields are found as few are") {
  FieldPlan plan;
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(plan.add(path("/f" + std::to_string(i))) == static_cast<FieldPlan::Slot>(i));
    // Every one added so far, because the table of names is made anew as it grows.
    if (i % 97 == 0 || i < 20) {
      for (int j = 0; j <= i; ++j)
        REQUIRE(plan.find(path("/f" + std::to_string(j))) == static_cast<FieldPlan::Slot>(j));
    }
  }
  CHECK(plan.find(path("/f1000")) == FieldPlan::kNone);
  plan.clear();
  CHECK(plan.empty());
  CHECK(plan.find(path("/f1")) == FieldPlan::kNone);
}

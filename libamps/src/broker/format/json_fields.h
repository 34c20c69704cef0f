// SPDX-License-Identifier: Apache-2.0
// Finds the fields of a plan in a json text, stepping over everything else without looking into it.
// Threads: one at a time for one FieldValues.
#pragma once

#include <string_view>

#include "base/status.h"
#include "broker/format/field_plan.h"
#include "broker/format/field_values.h"

namespace amps::broker::json {

// `node` is where in the plan the text stands; parts of composite messages stand below its root. The
// fields of `out` have begun. Of equal names in one object the first counts.
Status extract_fields(const FieldPlan& plan, FieldPlan::Node node, std::string_view text, FieldValues* out);

}  // namespace amps::broker::json

// SPDX-License-Identifier: Apache-2.0
#include "broker/format/field_values.h"

namespace amps::broker {

void FieldValues::begin(const FieldPlan& plan) {
  ++message_;
  texts_.clear();
  if (fields_.size() < plan.slot_count()) fields_.resize(plan.slot_count());
  if (seen_.size() < plan.node_count()) seen_.resize(plan.node_count());
}

void FieldValues::append_more(Field* field, const Value& value, bool in_array) {
  if (field->count == 0 && value.is_null() && !in_array) {
    ++field->leading_nulls;
    return;
  }
  if (field->count == 0) {
    field->all.assign(field->leading_nulls, Value());
  } else if (field->count == 1) {
    field->all.assign(1, field->first);
  }
  field->all.push_back(value);
  field->count = static_cast<std::uint32_t>(field->all.size());
}

}  // namespace amps::broker

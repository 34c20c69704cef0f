// SPDX-License-Identifier: Apache-2.0
#include "broker/format/field_values.h"

#include <utility>

namespace amps::broker {

namespace {

constexpr std::size_t kElementsKept = 4'096;  // Over begin(); a rare large array gives its memory back.

}  // namespace

void FieldValues::begin(const FieldPlan& plan) {
  if (std::exchange(has_large_, false)) {
    for (Field& field : fields_) {
      if (field.all.capacity() > kElementsKept) field.all = std::vector<Value>();
    }
  }
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
  has_large_ = has_large_ || field->count > kElementsKept;
}

}  // namespace amps::broker

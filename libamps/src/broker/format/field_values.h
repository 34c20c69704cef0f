// SPDX-License-Identifier: Apache-2.0
// What the fields of a plan hold in one message. Used again for the next message without allocating.
// Threads: one at a time. Owns: unescaped texts; all other texts are views of the message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker/expression/value.h"
#include "broker/format/field_plan.h"
#include "broker/format/text_arena.h"

namespace amps::broker {

class FieldValues {
 public:
  using Slot = FieldPlan::Slot;

  // Forgets the previous message and makes room for the fields of a plan.
  void begin(const FieldPlan& plan);

  // A slot that was not filled, or does not exist, is empty.
  ValueSpan at(Slot slot) const noexcept {
    if (slot >= fields_.size() || fields_[slot].message != message_) return {};
    const Field& field = fields_[slot];
    return field.count == 1 ? ValueSpan{&field.first, 1} : ValueSpan{field.all.data(), field.count};
  }

  // For readers: the next value of a field. A null that stands alone is no value at all; one inside an
  // array is an element.
  void append(Slot slot, const Value& value) { append_element(slot, value, false); }
  void append_element(Slot slot, const Value& value, bool in_array) {
    Field& field = fields_[slot];
    if (field.message != message_) field.message = message_, field.count = 0, field.leading_nulls = 0;
    if (field.count == 0 && field.leading_nulls == 0 && (in_array || !value.is_null())) {
      field.first = value;
      field.count = 1;
      return;
    }
    append_more(&field, value, in_array);
  }
  // For readers of formats whose objects have distinct names: false when `child` was already seen in the
  // object that new_object() gave the number of.
  std::uint64_t new_object() noexcept { return ++objects_; }
  bool first_in_object(FieldPlan::Node child, std::uint64_t object) noexcept {
    if (seen_[child] == object) return false;
    seen_[child] = object;
    return true;
  }
  TextArena& texts() noexcept { return texts_; }

 private:
  struct Field {
    std::uint64_t message = 0;  // Number of the message that filled it.
    Value first;
    std::uint32_t count = 0;
    std::uint32_t leading_nulls = 0;  // Not in an array, so they count only when values follow.
    std::vector<Value> all;           // Only when there are several.
  };
  void append_more(Field* field, const Value& value, bool in_array);

  std::uint64_t message_ = 0;
  std::uint64_t objects_ = 0;
  bool has_large_ = false;  // Some field holds more than is kept.
  std::vector<Field> fields_;
  std::vector<std::uint64_t> seen_;  // By node of the plan.
  TextArena texts_;
};

}  // namespace amps::broker

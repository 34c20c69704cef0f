// SPDX-License-Identifier: Apache-2.0
// A value with bytes of its own, for what outlives the message it was read from.
// Threads: a value.
#pragma once

#include <string>

#include "broker/expression/value.h"

namespace amps::broker {

class OwnedValue {
 public:
  OwnedValue() = default;
  explicit OwnedValue(const Value& value) : text_(value.text()), value_(value) {}

  // Views this object.
  Value value() const noexcept {
    switch (value_.kind()) {
      case ValueKind::kString:
        return Value::string(text_);
      case ValueKind::kInteger:
        return Value::integer(value_.as_integer(), text_);
      case ValueKind::kUnsigned:
        return Value::unsigned_integer(value_.as_unsigned(), text_);
      case ValueKind::kFloat:
        return Value::floating(value_.as_float(), text_);
      case ValueKind::kBoolean:
      case ValueKind::kNull:
        break;
    }
    return value_;
  }

 private:
  std::string text_;
  Value value_;  // Its text is never looked at.
};

}  // namespace amps::broker

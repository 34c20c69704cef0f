// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_deltas.h"

#include <utility>

#include "base/buffer.h"
#include "broker/format/difference.h"

namespace amps::broker {

void RecordDeltas::set(const MessageFormat* format, std::vector<FieldPath> keys) {
  format_ = format != nullptr && format->traits().deltas ? format : nullptr;
  keys_ = std::move(keys);
}

Difference RecordDeltas::difference(const Change& change, std::string* out) {
  if (format_ == nullptr || !format_->parse(change.previous, &previous_).ok() ||
      !format_->parse(change.current, &current_).ok()) {
    return Difference::kUnsupported;
  }
  const bool some = find_difference(previous_, current_, keys_, &difference_);
  Buffer text;
  if (!format_->write(difference_, &text).ok()) return Difference::kUnsupported;
  out->assign(text.view());
  return some ? Difference::kSome : Difference::kNone;
}

}  // namespace amps::broker

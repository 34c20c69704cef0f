// SPDX-License-Identifier: Apache-2.0
// Reads the key fields of messages: one pass that ends at the last of them (broker 3.1).
// Threads: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "broker/format/field_plan.h"
#include "broker/format/field_values.h"
#include "broker/format/message_format.h"

namespace amps::broker {

class KeyReader {
 public:
  // Fails with AMPS_E_USAGE when a path is malformed or the message type has no fields.
  static Status make(const MessageFormat* format, const std::vector<std::string>& paths, KeyReader* out);

  bool has_fields() const noexcept { return !slots_.empty(); }
  const std::vector<FieldPath>& paths() const noexcept { return paths_; }
  // Sets the identity of the record a message is about. Fails with AMPS_E_BAD_SOW_KEY when all key
  // fields are missing, and when the message cannot be read.
  Status read(std::string_view body, std::string* identity);

 private:
  const MessageFormat* format_ = nullptr;
  FieldPlan plan_;
  std::vector<FieldPath> paths_;
  std::vector<FieldPlan::Slot> slots_;  // Of the paths, in their order.
  FieldValues values_;
};

}  // namespace amps::broker

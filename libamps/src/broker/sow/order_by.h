// SPDX-License-Identifier: Apache-2.0
// The order of a query's records: "/price DESC, /id" (broker 3.7).
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

class OrderBy {
 public:
  OrderBy() = default;  // By the key alone.
  // Fails with AMPS_E_INVALID_ORDERBY.
  static Status parse(std::string_view text, const MessageFormat* format, OrderBy* out);

  // Sets bytes that sort like the records: by the fields, then by the key. A message that cannot be read has
  // no fields, so it sorts as one whose fields are missing.
  void rank(std::string_view body, std::string_view key, std::string* order);

 private:
  struct Field {
    FieldPlan::Slot slot;
    bool descending;
  };
  Status add(std::string_view item);

  const MessageFormat* format_ = nullptr;
  FieldPlan plan_;
  std::vector<Field> fields_;
  FieldValues values_;
};

}  // namespace amps::broker

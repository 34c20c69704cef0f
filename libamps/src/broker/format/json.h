// SPDX-License-Identifier: Apache-2.0
// Message type json.
// Threads: any.
#pragma once

#include "broker/format/message_format.h"

namespace amps::broker {

class JsonFormat final : public MessageFormat {
 public:
  JsonFormat() : MessageFormat("json", {}) {}
  using MessageFormat::extract;
  using MessageFormat::parse;
  using MessageFormat::write;
  Status extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view part,
                 FieldValues* out) const override;
  Status parse(std::string_view part, Document* document, DocumentNode* node) const override;
  Status write(const DocumentNode& node, Buffer* out) const override;
};

}  // namespace amps::broker

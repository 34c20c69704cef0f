// SPDX-License-Identifier: Apache-2.0
// Message type json.
// Threads: any.
#pragma once

#include "broker/format/message_format.h"

namespace amps::broker {

class JsonFormat final : public MessageFormat {
 public:
  JsonFormat() : MessageFormat("json", {}) {}
  Status extract(const FieldPlan& plan, std::string_view body, FieldValues* out) const override;
  Status parse(std::string_view body, Document* out) const override;
  Status write(const Document& document, Buffer* out) const override;

  // Parts of composite messages stand below the root of a document.
  Status parse_into(std::string_view text, Document* document, DocumentNode* node) const;
  Status write_node(const DocumentNode& node, Buffer* out) const;
};

}  // namespace amps::broker

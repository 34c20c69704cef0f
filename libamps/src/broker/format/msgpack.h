// SPDX-License-Identifier: Apache-2.0
// MessagePack: fields as in json. Names that are not text are known by their string form (broker 1.3).
// Threads: any.
#pragma once

#include "broker/format/message_format.h"

namespace amps::broker {

class MsgpackFormat final : public MessageFormat {
 public:
  MsgpackFormat() : MessageFormat("msgpack", {}) {}
  using MessageFormat::extract;
  using MessageFormat::parse;
  using MessageFormat::write;
  Status extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view part,
                 FieldValues* out) const override;
  Status parse(std::string_view part, Document* document, DocumentNode* node) const override;
  Status write(const DocumentNode& node, Buffer* out) const override;
};

}  // namespace amps::broker

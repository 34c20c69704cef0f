// SPDX-License-Identifier: Apache-2.0
// Messages of several parts, each of a type of its own: a four-byte length, most significant first, and
// that many bytes. What follows the declared parts is passed on and never looked at (broker 1.3).
// Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/format/message_format.h"

namespace amps::broker {

enum class CompositeFields {
  kByPart,  // composite-local: /0/id, /1/id.
  kMerged,  // composite-global: /id, an array when several parts have it.
};

class CompositeFormat final : public MessageFormat {
 public:
  // A part without a format, such as binary, is not looked into. Formats outlive the composite.
  CompositeFormat(std::string name, CompositeFields fields, std::vector<const MessageFormat*> parts);
  using MessageFormat::extract;
  using MessageFormat::parse;
  using MessageFormat::write;
  Status extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view part,
                 FieldValues* out) const override;
  // The children of the document are the parts, by number; what follows them is named `rest`.
  Status parse(std::string_view part, Document* document, DocumentNode* node) const override;
  // A part that is missing or empty gets no bytes, which in a delta means that it has not changed.
  Status write(const DocumentNode& node, Buffer* out) const override;

 private:
  Status take_part(std::string_view* rest, std::string_view* part) const;

  const CompositeFields fields_;
  const std::vector<const MessageFormat*> parts_;
  std::vector<std::string> numbers_;  // "0", "1", …
};

}  // namespace amps::broker

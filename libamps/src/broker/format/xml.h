// SPDX-License-Identifier: Apache-2.0
// Message type xml: the text of an element without elements is its value, attributes are `@name`, repeated
// elements are an array. In a document an element with attributes and text holds the text under an empty
// name. Threads: any.
#pragma once

#include "broker/format/message_format.h"

namespace amps::broker {

class XmlFormat final : public MessageFormat {
 public:
  XmlFormat() : MessageFormat("xml", untyped()) {}
  using MessageFormat::extract;
  using MessageFormat::parse;
  using MessageFormat::write;
  Status extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view part,
                 FieldValues* out) const override;
  // Text between elements is not kept.
  Status parse(std::string_view part, Document* document, DocumentNode* node) const override;
  // Fails when a name is none in xml.
  Status write(const DocumentNode& node, Buffer* out) const override;

 private:
  static FormatTraits untyped() noexcept;
  Status write_element(std::string_view name, const DocumentNode& node, Buffer* out) const;
};

}  // namespace amps::broker

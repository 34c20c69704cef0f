// SPDX-License-Identifier: Apache-2.0
// Message types nvfix and fix: `name=value` and a separator, over and over. A repeated name is an array.
// Threads: any.
#pragma once

#include <string>

#include "broker/format/message_format.h"

namespace amps::broker {

// Byte values. A header or message separator ends a field just as a field separator does; 0: there is none.
struct TagValueSeparators {
  unsigned char field = 1;
  unsigned char header = 0;
  unsigned char message = 0;
};

class TagValueFormat final : public MessageFormat {
 public:
  TagValueFormat(std::string name, TagValueSeparators separators)
      : MessageFormat(std::move(name), flat_traits()), separators_(separators) {}
  using MessageFormat::extract;
  using MessageFormat::parse;
  using MessageFormat::write;
  Status extract(const FieldPlan& plan, FieldPlan::Node node, std::string_view body,
                 FieldValues* out) const override;
  Status parse(std::string_view body, Document* document, DocumentNode* node) const override;
  // Fails when the message is nested, or a name or value holds a separator.
  Status write(const DocumentNode& node, Buffer* out) const override;

 private:
  struct Field {
    std::string_view name;
    std::string_view value;
  };
  static FormatTraits flat_traits() noexcept;
  // Takes the next field off `rest`; false at the end or when malformed, which `status` tells.
  bool next(std::string_view* rest, Field* out, Status* status) const;
  std::size_t find_separator(std::string_view text) const noexcept;
  Status write_field(std::string_view name, const Value& value, Buffer* out) const;

  const TagValueSeparators separators_;
};

}  // namespace amps::broker

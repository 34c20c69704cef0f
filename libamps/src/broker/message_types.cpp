// SPDX-License-Identifier: Apache-2.0
#include "broker/message_types.h"

#include <algorithm>
#include <utility>

#include "broker/format/composite.h"
#include "broker/format/tag_value.h"

namespace amps::broker {

namespace {

constexpr std::string_view kBuiltIn[] = {"bflat", "binary", "bson", "fix", "json", "msgpack", "nvfix", "xml"};

unsigned char byte_of(char separator) noexcept {
  return static_cast<unsigned char>(separator);
}

}  // namespace

bool is_message_type(std::string_view name) noexcept {
  return std::find(std::begin(kBuiltIn), std::end(kBuiltIn), name) != std::end(kBuiltIn);
}

MessageTypes::MessageTypes(const std::vector<MessageTypeConfiguration>& configured) {
  names_.assign(std::begin(kBuiltIn), std::end(kBuiltIn));
  for (const MessageTypeConfiguration& type : configured) {
    Configured added;
    added.name = type.name;
    added.own = make(type);
    added.format = added.own != nullptr ? added.own.get() : find_message_format(type.module);
    configured_.push_back(std::move(added));
    if (!is_message_type(type.name)) names_.push_back(type.name);
  }
}

// Only what differs from the format behind the type.
std::unique_ptr<const MessageFormat> MessageTypes::make(const MessageTypeConfiguration& type) const {
  if (type.module == "fix" || type.module == "nvfix") {
    return std::make_unique<TagValueFormat>(
        type.name, TagValueSeparators{byte_of(type.field_separator), byte_of(type.header_separator),
                                      byte_of(type.message_separator)});
  }
  if (type.parts.empty()) return nullptr;
  std::vector<const MessageFormat*> parts;
  for (const std::string& part : type.parts) parts.push_back(find(part));
  const auto fields = type.module == "composite-global" ? CompositeFields::kMerged : CompositeFields::kByPart;
  return std::make_unique<CompositeFormat>(type.name, fields, std::move(parts));
}

const MessageFormat* MessageTypes::find(std::string_view name) const noexcept {
  for (const Configured& type : configured_) {
    if (type.name == name) return type.format;
  }
  return find_message_format(name);
}

}  // namespace amps::broker

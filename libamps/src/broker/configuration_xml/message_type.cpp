// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/message_type.h"

#include <utility>

namespace amps::broker {

namespace {

using Type = MessageTypeConfiguration;

// A byte as a decimal number.
template <auto kMember>
struct Byte {
  using Owner = OwnerOf<kMember>;
  static constexpr NumberRange kRange{NumberUnit::kCount, 0, 255};
  static Status read(const Element& element, Owner* to) {
    std::uint64_t value = 0;
    AMPS_RETURN_IF_ERROR(read_number(element, kRange, &value));
    to->*kMember = static_cast<char>(static_cast<unsigned char>(value));
    return {};
  }
  static void write(const Owner& from, std::string_view name, Element* parent) {
    parent->add(name, std::to_string(static_cast<unsigned char>(from.*kMember)));
  }
  static std::string kind() { return "a byte as a number from 0 to 255"; }
};

constexpr Member<Type> kType[] = {
    one<Text<&Type::name>>("Name", "by which transports and topics know it"),
    one<Text<&Type::module>>("Module", "the format behind it; default: Name"),
    one<Byte<&Type::field_separator>>("FieldSeparator", "of fix and nvfix"),
    one<Byte<&Type::header_separator>>("HeaderSeparator", "of fix and nvfix"),
    one<Byte<&Type::message_separator>>("MessageSeparator", "of fix and nvfix"),
    one<Flag<&Type::early_termination>>("EarlyTerminationOptimization",
                                        "json: of fields of one name the first counts, else the last"),
    many<Texts<&Type::parts>>("MessageType", "of a composite: the type of each part"),
    unavailable<Type>("ProtoPath"),
    unavailable<Type>("ProtoFile"),
    unavailable<Type>("Type"),
    unavailable<Type>("Field"),
    unavailable<Type>("AMPSVersionCompliance"),
};

bool is_composite(const Type& type) noexcept {
  return type.module == "composite-local" || type.module == "composite-global";
}

}  // namespace

Status read_message_types(const Element& element, Configuration* out, Warnings* warnings) {
  for (const Element& child : element.children) {
    if (child.name != "MessageType") return unknown_element(child, element);
    Type type;
    AMPS_RETURN_IF_ERROR(read_members(child, kType, &type, warnings));
    if (type.name.empty()) return error_at(child, "MessageType needs Name");
    const Status status = out->add_message_type(std::move(type));
    if (!status.ok()) return error_at(child, status.text());
  }
  return {};
}

void write_message_types(const std::vector<Type>& types, Element* root) {
  if (types.empty()) return;
  Element& element = root->add("MessageTypes");
  for (const Type& type : types) {
    Element& child = element.add("MessageType");
    child.add("Name", type.name);
    child.add("Module", type.module);
    if (is_composite(type)) {
      for (const std::string& part : type.parts) child.add("MessageType", part);
    } else if (type.module == "json") {
      child.add("EarlyTerminationOptimization", type.early_termination ? "true" : "false");
    } else if (type.module == "fix" || type.module == "nvfix") {
      Byte<&Type::field_separator>::write(type, "FieldSeparator", &child);
      Byte<&Type::header_separator>::write(type, "HeaderSeparator", &child);
      Byte<&Type::message_separator>::write(type, "MessageSeparator", &child);
    }
  }
}

void describe_message_types(std::vector<MemberDescription>* out) {
  describe_members("MessageTypes/MessageType", kType, out);
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/members.h"

namespace amps::broker {

Status read_leaf(const Element& element, std::string* out) {
  if (!element.children.empty()) {
    const Element& child = element.children.front();
    return error_at(child, "element " + child.name + " inside " + element.name);
  }
  if (element.value.empty()) return error_at(element, element.name + " is empty");
  *out = element.value;
  return {};
}

Status read_number(const Element& element, const NumberRange& range, std::uint64_t* out) {
  std::string text;
  AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
  const auto value = parse_number(range, text);
  if (!value) return error_at(element, element.name + " is " + text + ", not " + expected_text(range));
  *out = *value;
  return {};
}

Status read_list(const Element& element, std::string_view item, std::vector<std::string>* out) {
  if (!element.value.empty()) return error_at(element, element.name + " has elements, not text");
  if (element.children.empty()) return error_at(element, element.name + " is empty");
  for (const Element& child : element.children) {
    if (child.name != item) return unknown_element(child, element);
    AMPS_RETURN_IF_ERROR(read_leaf(child, &out->emplace_back()));
  }
  return {};
}

void write_list(const std::vector<std::string>& list, std::string_view name, std::string_view item,
                Element* parent) {
  if (list.empty()) return;
  Element& element = parent->add(name);
  for (const std::string& text : list) element.add(item, text);
}

Status unknown_element(const Element& element, const Element& parent) {
  return error_at(element, "unknown element " + element.name + " in " + parent.name);
}

Status unavailable_element(const Element& element) {
  return error_at(element, "element " + element.name + " is not available in this version");
}

Status repeated_element(const Element& element, const Element& parent) {
  return error_at(element, "second element " + element.name + " in " + parent.name);
}

std::string passed_over(const Element& element, std::string_view why) {
  return place_of(element) + "element " + element.name + " is passed over: " + std::string(why);
}

std::string choices_text(const std::vector<std::string_view>& words) {
  std::string text = "one of ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) text += ", ";
    text += words[i];
  }
  return text;
}

}  // namespace amps::broker

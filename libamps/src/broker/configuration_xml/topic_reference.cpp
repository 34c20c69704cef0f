// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/topic_reference.h"

#include <algorithm>
#include <vector>

namespace amps::broker {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Status malformed(std::string_view text) {
  return Status(AMPS_E_USAGE, std::string(text) + " is not [topic].[/field] or [type].[topic].[/field]");
}

// Cuts "[a].b./c/d" into its parts. A path is the last part, whatever it contains.
bool split(std::string_view text, std::vector<std::string>* parts) {
  while (!text.empty()) {
    std::size_t end = 0;
    if (text.front() == '[') {
      end = text.find(']');
      if (end == std::string_view::npos) return false;
      parts->emplace_back(text.substr(1, end - 1));
      ++end;
    } else {
      end = text.front() == '/' ? text.size() : std::min(text.find('.'), text.size());
      parts->emplace_back(trimmed(text.substr(0, end)));
    }
    if (parts->back().empty()) return false;
    text = trimmed(text.substr(end));
    if (text.empty()) return true;
    if (text.front() != '.') return false;
    text = trimmed(text.substr(1));
  }
  return false;
}

// The equals sign between two references: outside of brackets.
std::size_t find_equals(std::string_view text) noexcept {
  bool bracketed = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[') bracketed = true;
    if (text[i] == ']') bracketed = false;
    if (text[i] == '=' && !bracketed) return i;
  }
  return std::string_view::npos;
}

std::string format_field(const JoinField& field) {
  const std::string type = field.message_type.empty() ? "" : "[" + field.message_type + "].";
  return type + "[" + field.topic + "].[" + field.path + "]";
}

}  // namespace

Status parse_topic_reference(std::string_view text, std::string* message_type, std::string* topic) {
  if (trimmed(text).substr(0, 1) != "[") {
    *topic = trimmed(text);  // As it stands: names may contain dots.
    return {};
  }
  std::vector<std::string> parts;
  if (!split(trimmed(text), &parts) || parts.size() > 2) {
    return Status(AMPS_E_USAGE, std::string(text) + " is not a topic or [type].[topic]");
  }
  if (parts.size() == 2) *message_type = parts[0];
  *topic = parts.back();
  return {};
}

Status parse_field_reference(std::string_view text, JoinField* out) {
  std::vector<std::string> parts;
  if (!split(trimmed(text), &parts)) return malformed(text);
  if (parts.size() < 2 || parts.size() > 3 || parts.back().front() != '/') return malformed(text);
  out->path = parts.back();
  out->topic = parts[parts.size() - 2];
  if (parts.size() == 3) out->message_type = parts[0];
  return {};
}

Status parse_join(std::string_view text, ViewConfiguration::Join* out) {
  const std::size_t equals = find_equals(text);
  if (equals == std::string_view::npos) {
    return Status(AMPS_E_USAGE, "Join " + std::string(text) + " has no =");
  }
  AMPS_RETURN_IF_ERROR(parse_field_reference(text.substr(0, equals), &out->left));
  return parse_field_reference(text.substr(equals + 1), &out->right);
}

std::string format_topic_reference(const std::string& message_type, const std::string& topic) {
  if (message_type.empty()) return topic.substr(0, 1) == "[" ? "[" + topic + "]" : topic;
  return "[" + message_type + "].[" + topic + "]";
}

std::string format_join(const ViewConfiguration::Join& join) {
  return format_field(join.left) + " = " + format_field(join.right);
}

}  // namespace amps::broker

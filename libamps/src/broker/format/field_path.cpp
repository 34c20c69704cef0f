// SPDX-License-Identifier: Apache-2.0
#include "broker/format/field_path.h"

#include <algorithm>
#include <utility>

#include "base/decimal.h"

namespace amps::broker {

namespace {

bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}

// Cuts what stands between slashes into steps. False when a step is empty.
bool split_steps(std::string_view text, std::vector<std::string>* steps) {
  while (!text.empty()) {
    if (text.front() != '/') return false;
    const std::size_t end = std::min(text.find('/', 1), text.size());
    if (end == 1) return false;
    steps->emplace_back(text.substr(1, end - 1));
    text.remove_prefix(end);
  }
  return true;
}

std::size_t plain_size(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size() && text[at] == '/') {
    std::size_t end = at + 1;
    if (end < text.size() && text[end] == '@') ++end;
    const std::size_t first = end;
    while (end < text.size() && is_step_byte(text[end])) ++end;
    if (end == first) return at == 0 ? 0 : at;
    at = end;
  }
  return at;
}

}  // namespace

bool is_step_byte(char byte) noexcept {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) || byte == '_' ||
         byte == '-' || byte == '.' || byte == ':' || static_cast<unsigned char>(byte) >= 0x80;
}

// flat: one branch for each part of a path.
std::size_t FieldPath::parse_prefix(std::string_view text, FieldPath* out, std::string* wanted,
                                    std::size_t* error_offset) {
  *out = FieldPath();
  *error_offset = 0;
  std::size_t at = 0;
  if (text.substr(0, 2) == "[/") {
    at = text.find(']');
    if (at == std::string_view::npos) {
      *wanted = "`]` after the path";
      *error_offset = text.size();
      return 0;
    }
    if (!split_steps(text.substr(1, at - 1), &out->steps_)) {
      *wanted = "a name after each `/`";
      *error_offset = 1;
      return 0;
    }
    ++at;
  } else {
    at = plain_size(text);
    if (at == 0) {  // A slash with nothing after it ends the path: it divides.
      *wanted = text.substr(0, 1) == "/" ? "a name after `/`" : "a path such as `/a/b`";
      *error_offset = text.substr(0, 1) == "/" ? 1 : 0;
      return 0;
    }
    split_steps(text.substr(0, at), &out->steps_);
  }
  if (at > kPathBytesMax || out->steps_.size() > kPathStepsMax) {
    *wanted = "a path of at most " + std::to_string(kPathStepsMax) + " steps and " +
              std::to_string(kPathBytesMax) + " bytes";
    return 0;
  }
  if (at == text.size() || text[at] != '[') return at;
  std::size_t end = at + 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  const auto number = parse_decimal(text.substr(at + 1, end - at - 1));
  if (!number || *number > UINT32_MAX || end == text.size() || text[end] != ']') {
    *wanted = "a subscript such as `[0]`";
    *error_offset = at;
    return 0;
  }
  out->subscript_ = static_cast<std::uint32_t>(*number);
  ++end;
  if (end < text.size() && text[end] == '/') {
    *wanted = "no step after a subscript";
    *error_offset = end;
    return 0;
  }
  return end;
}

Status FieldPath::parse(std::string_view text, FieldPath* out) {
  std::string wanted;
  std::size_t offset = 0;
  const std::size_t size = parse_prefix(text, out, &wanted, &offset);
  if (size == text.size() && size != 0) return {};
  if (size != 0) {
    wanted = "the end of the path";
    offset = size;
  }
  return Status(AMPS_E_FILTER, "path `" + std::string(text.substr(0, 200)) + "`, at offset " +
                                   std::to_string(offset) + ": expected " + wanted);
}

FieldPath FieldPath::child(std::string_view step) const {
  FieldPath longer = without_subscript();
  longer.steps_.emplace_back(step);
  return longer;
}

FieldPath FieldPath::without_subscript() const {
  FieldPath path;
  path.steps_ = steps_;
  return path;
}

std::string FieldPath::text() const {
  if (steps_.empty()) return "/";
  std::string path;
  for (const std::string& step : steps_) {
    path += '/';
    path += step;
  }
  if (plain_size(path) != path.size()) path = '[' + path + ']';
  if (subscript_) path += '[' + std::to_string(*subscript_) + ']';
  return path;
}

bool FieldPath::is_prefix_of(const FieldPath& other) const noexcept {
  return steps_.size() <= other.steps_.size() &&
         std::equal(steps_.begin(), steps_.end(), other.steps_.begin());
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_key.h"

#include <algorithm>

#include "base/limits.h"
#include "base/sha256.h"

namespace amps::broker {

bool append_identity(std::string* out, const std::vector<KeyValue>& values) {
  if (std::none_of(values.begin(), values.end(), [](const KeyValue& value) { return value.has_value(); })) {
    return false;
  }
  if (values.size() == 1) {  // Nothing to tell apart within it.
    out->append(*values.front());
    return true;
  }
  for (const KeyValue& value : values) {
    if (!value) {
      out->push_back('-');
      continue;
    }
    out->append(std::to_string(value->size()));
    out->push_back(':');
    out->append(*value);
  }
  return true;
}

std::uint64_t record_handle(std::string_view domain, std::string_view identity) noexcept {
  std::string text;
  text.reserve(domain.size() + 1 + identity.size());
  text.append(domain);
  text.push_back('\0');
  text.append(identity);
  return sha256_id(text);
}

bool is_supplied_key(std::string_view text) noexcept {
  if (text.empty() || text.size() > kIdBytesMax) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=' || c == '-' || c == '_';
  });
}

}  // namespace amps::broker

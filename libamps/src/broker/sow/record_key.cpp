// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_key.h"

#include <algorithm>

#include "base/limits.h"
#include "base/sha256.h"

namespace amps::broker {

void IdentityWriter::add(std::string_view value) {
  is_void_ = false;
  if (!is_single_) {
    out_->append(std::to_string(value.size()));
    out_->push_back(':');
  }
  out_->append(value);
}

void IdentityWriter::add_missing() {
  if (!is_single_) out_->push_back('-');
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

// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/token.h"

namespace amps::broker {

bool equal_ignoring_case(std::string_view text, std::string_view upper_case) noexcept {
  if (text.size() != upper_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char upper = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    if (upper != upper_case[i]) return false;
  }
  return true;
}

bool Token::is_word(std::string_view upper_case) const noexcept {
  return kind == TokenKind::kWord && equal_ignoring_case(text, upper_case);
}

std::string QualifiedField::text() const {
  std::string written;
  if (!message_type.empty()) written += '[' + message_type + "].";
  if (!topic.empty()) written += '[' + topic + "].";
  written += path.text();
  if (previous) written += " OF PREVIOUS";
  return written;
}

}  // namespace amps::broker

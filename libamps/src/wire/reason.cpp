// SPDX-License-Identifier: Apache-2.0
#include "wire/reason.h"

#include <cstddef>

namespace amps::wire {

namespace {

struct Row {
  std::string_view text;
  amps_result code;
};

// What our broker sends for a code comes first among the rows of that code. A longer text stands
// before its own beginnings, because detail may follow a known text.
constexpr Row kRows[] = {
    {"auth failure", AMPS_E_AUTHENTICATION},
    {"authentication failed", AMPS_E_AUTHENTICATION},
    {"authentication disabled", AMPS_E_AUTHENTICATION},
    {"not entitled", AMPS_E_NOT_ENTITLED},
    {"name in use", AMPS_E_NAME_IN_USE},
    {"bad filter", AMPS_E_FILTER},
    {"bad regex topic", AMPS_E_BAD_REGEX_TOPIC},
    {"bad regex", AMPS_E_BAD_REGEX_TOPIC},
    {"bad sow key", AMPS_E_BAD_SOW_KEY},
    {"invalid topic", AMPS_E_INVALID_TOPIC},
    {"no topic", AMPS_E_MISSING_FIELDS},
    {"no client name", AMPS_E_MISSING_FIELDS},
    {"missing field", AMPS_E_MISSING_FIELDS},
    {"subscription already exists", AMPS_E_SUBSCRIPTION_EXISTS},
    {"already exists", AMPS_E_SUBSCRIPTION_EXISTS},
    {"subid in use", AMPS_E_SUBID_IN_USE},
    {"invalid bookmark", AMPS_E_INVALID_BOOKMARK},
    {"bookmark not found", AMPS_E_INVALID_BOOKMARK},
    {"invalid options", AMPS_E_INVALID_OPTIONS},
    {"invalid order by", AMPS_E_INVALID_ORDERBY},
    {"invalid orderby", AMPS_E_INVALID_ORDERBY},
    {"invalid subid", AMPS_E_INVALID_SUBID},
    {"invalid sub id", AMPS_E_INVALID_SUBID},
    {"invalid message type", AMPS_E_MESSAGE_TYPE},
    {"invalid message", AMPS_E_PUBLISH},
    {"record too large", AMPS_E_PUBLISH},
    {"publish filter", AMPS_E_PUBLISH_FILTER},
    {"logon required", AMPS_E_LOGON_REQUIRED},
    {"duplicate logon attempt", AMPS_E_DUPLICATE_LOGON},
    {"duplicate logon", AMPS_E_DUPLICATE_LOGON},
    {"unknown command", AMPS_E_COMMAND_TYPE},
};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// The known text, then its end or a character that cannot continue its last word.
bool begins_with(std::string_view reason, std::string_view text) noexcept {
  if (reason.size() < text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(reason[i]) != text[i]) return false;
  }
  if (reason.size() == text.size()) return true;
  const char after = lower(reason[text.size()]);
  return !(after >= 'a' && after <= 'z');
}

}  // namespace

amps_result reason_code(std::string_view reason) noexcept {
  for (const Row& row : kRows) {
    if (begins_with(reason, row.text)) return row.code;
  }
  return AMPS_E_COMMAND;
}

std::string_view reason_text(amps_result code) noexcept {
  for (const Row& row : kRows) {
    if (row.code == code) return row.text;
  }
  return "";
}

}  // namespace amps::wire

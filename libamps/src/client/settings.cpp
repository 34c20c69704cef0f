// SPDX-License-Identifier: Apache-2.0
#include "client/settings.h"

#include <utility>

#include "base/limits.h"

namespace amps::client {
namespace {

constexpr std::uint64_t kDefaults[] = {
#define AMPS_X(name, value, text) value,
    AMPS_CLIENT_NUMBER_TABLE(AMPS_X)
#undef AMPS_X
};

bool is_read_only(amps_client_number_t which) noexcept {
  switch (which) {
    case AMPS_CLIENT_SERVER_VERSION:
    case AMPS_CLIENT_NAME_HASH:
    case AMPS_CLIENT_DISCONNECTED:
    case AMPS_CLIENT_UNPERSISTED_COUNT:
    case AMPS_CLIENT_UNKNOWN_ACK_COUNT:
    case AMPS_CLIENT_UNKNOWN_SUBSCRIPTION_COUNT:
      return true;
    default:
      return false;
  }
}

// Correlation ids are written as they are, so that only the base64 alphabet can stand in them.
bool is_base64(std::string_view text) noexcept {
  for (const char c : text) {
    const bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!is_plain && c != '+' && c != '/' && c != '=' && c != '-' && c != '_') return false;
  }
  return true;
}

}  // namespace

Settings::Settings(std::string name) {
  for (int which = 0; which < AMPS_CLIENT_NUMBER_COUNT; ++which) numbers_[which] = kDefaults[which];
  const MutexLock lock(mutex_);
  texts_[AMPS_CLIENT_NAME] = std::move(name);
  texts_[AMPS_CLIENT_LANGUAGE] = "c";
}

Status Settings::set_number(amps_client_number_t which, std::uint64_t value) noexcept {
  if (static_cast<unsigned>(which) >= AMPS_CLIENT_NUMBER_COUNT || is_read_only(which)) {
    return Status(AMPS_E_USAGE,
                  "client number " + std::to_string(static_cast<unsigned>(which)) + " cannot be set");
  }
  if (which == AMPS_CLIENT_ACK_BATCH_SIZE && value == 0) value = 1;
  store_number(which, value);
  return Status();
}

std::string Settings::text(amps_client_text_t which) const {
  if (static_cast<unsigned>(which) >= kTextCount) return {};
  const MutexLock lock(mutex_);
  return texts_[which];
}

void Settings::store_text(amps_client_text_t which, std::string_view value) {
  const MutexLock lock(mutex_);
  texts_[which].assign(value);
}

Status Settings::set_text(amps_client_text_t which, std::string_view value) {
  switch (which) {
    case AMPS_CLIENT_NAME:
      if (value.size() > kIdBytesMax) {
        return Status(AMPS_E_USAGE, "client name of " + std::to_string(value.size()) +
                                        " bytes exceeds limit of " + std::to_string(kIdBytesMax));
      }
      break;
    case AMPS_CLIENT_LOGON_CORRELATION:
      if (!is_base64(value))
        return Status(AMPS_E_USAGE, "logon correlation data must use the base64 alphabet");
      break;
    case AMPS_CLIENT_LOGON_OPTIONS:
    case AMPS_CLIENT_LANGUAGE:
      break;
    default:
      return Status(AMPS_E_USAGE,
                    "client text " + std::to_string(static_cast<unsigned>(which)) + " cannot be set");
  }
  store_text(which, value);
  return Status();
}

}  // namespace amps::client

// SPDX-License-Identifier: Apache-2.0
#include "client/failure.h"

#include <string>
#include <utility>

namespace amps::client {
namespace {

thread_local Status latest;
thread_local Status from_callback;

}  // namespace

const Status& last_failure() noexcept {
  return latest;
}
void set_last_failure(Status status) noexcept {
  latest = std::move(status);
}

void set_callback_failure(amps_result code, std::string_view text) {
  from_callback = Status(code, std::string(text));
}

amps_result entry_result(const Status& status) {
  if (status.ok()) return AMPS_E_OK;
  set_callback_failure(status.code(), status.text());
  set_last_failure(status);
  return status.code();
}

Status callback_status(amps_result code, std::string_view what) {
  Status left = std::exchange(from_callback, Status());
  if (code == AMPS_E_OK) return Status();
  if (left.ok() || left.text().empty()) {
    return Status(code, std::string(what) + " failed with code " + std::to_string(code));
  }
  return Status(code, left.text());
}

}  // namespace amps::client

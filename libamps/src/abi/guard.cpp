// SPDX-License-Identifier: Apache-2.0
#include "abi/guard.h"

namespace amps::abi {

amps_result fail(Status status) noexcept {
  const amps_result code = status.code();
  client::set_last_failure(std::move(status));
  return code;
}

amps_span_t keep_span(std::string_view bytes) {
  thread_local std::string slot;
  slot.assign(bytes);
  return span_of(slot);
}

}  // namespace amps::abi

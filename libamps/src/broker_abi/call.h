// SPDX-License-Identifier: Apache-2.0
// What every function of the C interface shares: its failure and its texts stay with the calling thread.
// Threads: any.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "amps/amps_types.h"
#include "base/status.h"

namespace amps::broker_abi {

// The latest failure of this thread, and the bytes behind the spans given out by its latest call.
inline thread_local Status last_error;
inline thread_local std::string returned;

inline amps_span_t span_of(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

inline std::string_view view_of(amps_span_t span) noexcept {
  return span.ptr == nullptr ? std::string_view() : std::string_view(span.ptr, span.len);
}

// The only catch-all. Leaves the failure for amps_broker_last_error().
template <typename Body>
amps_result guarded(Body body) noexcept {
  try {
    Status status = body();
    if (status.ok()) return AMPS_E_OK;
    const amps_result code = status.code();
    last_error = std::move(status);
    return code;
  } catch (const std::bad_alloc&) {
    last_error = Status(AMPS_E_MEMORY, {});
    return AMPS_E_MEMORY;
  } catch (const std::exception& error) {
    try {
      last_error = Status(AMPS_E_UNKNOWN, error.what());
    } catch (...) {
      last_error = Status(AMPS_E_MEMORY, {});
    }
    return AMPS_E_UNKNOWN;
  }
}

}  // namespace amps::broker_abi

// SPDX-License-Identifier: Apache-2.0
// The edge of the C interface: one catch-all, the thread's latest failure, the thread's span slot.
// Threads: any.
#pragma once

#include <cxxabi.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "client/failure.h"
#include "wire/header.h"

namespace amps::abi {

using wire::span_of;

// Keeps the failure for amps_last_error() and returns its code.
amps_result fail(Status status) noexcept;
// The bytes of an argument. NULL holds none, whatever its length says.
inline std::string_view view_of(amps_span_t span) noexcept {
  return span.ptr == nullptr ? std::string_view{} : wire::view_of(span);
}
// True for an argument that promises bytes and has none.
inline bool lacks_bytes(const char* ptr, std::size_t len) noexcept {
  return ptr == nullptr && len != 0;
}
// The text of an argument that may be NULL.
inline std::string_view text_of(const char* text) noexcept {
  return text == nullptr ? std::string_view{} : std::string_view(text);
}
// Keeps bytes for the caller until this thread's next call that returns a span.
amps_span_t keep_span(std::string_view bytes);

// Runs a body that returns a Status. The only catch-all: nothing is thrown across the C interface.
// A thread that is being cancelled unwinds through, as the C library demands.
template <typename Body>
amps_result guarded(Body&& body) {
  try {
    Status status = body();
    if (__builtin_expect(status.ok(), 1)) return AMPS_E_OK;
    return fail(std::move(status));
  } catch (const ::abi::__forced_unwind&) {
    throw;
  } catch (const std::bad_alloc&) {
    return fail(Status::out_of_memory());
  } catch (const std::exception& error) {
    return fail(Status(AMPS_E_UNKNOWN, error.what()));
  } catch (...) {
    return fail(Status(AMPS_E_UNKNOWN, "unknown exception"));
  }
}

}  // namespace amps::abi

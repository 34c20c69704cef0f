/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file guarded.hpp
 * How functions called by the library end: no exception of user code crosses the C interface.
 */
#ifndef AMPS_DETAIL_GUARDED_HPP
#define AMPS_DETAIL_GUARDED_HPP

#include <exception>
#include <new>
#include <string>
#if defined(__GLIBCXX__)  // Known once a standard header was read.
#include <cxxabi.h>       // abi::__forced_unwind
#endif

#include "../AMPSException.hpp"
#include "../Field.hpp"
#include "attributes.hpp"

namespace AMPS {
namespace detail {

AMPS_COLD inline amps_result failed(int code, const char* text) {
  amps_callback_error(code, span(text));
  return static_cast<amps_result>(code);
}

// Runs function and turns what it throws into a result and the text that goes with it.
template <class Function>
AMPS_FN amps_result guarded(const Function& function) {
  try {
    function();
    return AMPS_E_OK;
  } catch (const AMPSException& e) {
    return failed(e.code() != AMPS_E_OK ? e.code() : AMPS_E_UNKNOWN, e.what());
  } catch (const std::bad_alloc&) {
    return failed(AMPS_E_MEMORY, "out of memory in a callback");
  } catch (const std::exception& e) {
    return failed(AMPS_E_CALLBACK, e.what());
#if defined(__GLIBCXX__)
  } catch (abi::__forced_unwind&) {
    throw;  // The thread is being cancelled; this must not be swallowed.
#endif
  } catch (...) {
    return failed(AMPS_E_CALLBACK, "a callback threw something that is no std::exception");
  }
}

// Keeps a text for the library, which copies it at once. One text a thread.
AMPS_FN inline amps_span_t park(const std::string& value) {
  static thread_local std::string parked;
  parked = value;
  return span(parked);
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_DETAIL_GUARDED_HPP

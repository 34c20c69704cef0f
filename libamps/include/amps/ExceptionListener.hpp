/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ExceptionListener.hpp
 * Told about failures that had no caller.
 */
#ifndef AMPS_EXCEPTIONLISTENER_HPP
#define AMPS_EXCEPTIONLISTENER_HPP

#include <exception>
#include <string>

#include "AMPSException.hpp"
#include "Field.hpp"
#include "amps_client.h"

namespace AMPS {

/** Threads: the one that met the failure. It must not throw; recovery belongs on another thread. */
class AMPS_TYPE ExceptionListener {
 public:
  virtual ~ExceptionListener() {}
  /** @param failure an AMPSException of the class that belongs to the failure */
  virtual void exceptionThrown(const std::exception& failure) const { (void)failure; }
};

namespace detail {

struct ToExceptionListener {
  const ExceptionListener& listener;
  AMPS_FN void operator()(const AMPSException& failure) const { listener.exceptionThrown(failure); }
};

AMPS_FN inline void report_to(const ExceptionListener& listener, int32_t code, amps_span_t what) {
  try {
    const ToExceptionListener visitor = {listener};
    visit_exception(code, text(what), std::string(), visitor);
  } catch (...) {  // There is nobody left to tell.
  }
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_EXCEPTIONLISTENER_HPP

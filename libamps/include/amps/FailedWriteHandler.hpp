/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file FailedWriteHandler.hpp
 * Told about publishes that the server refused.
 */
#ifndef AMPS_FAILEDWRITEHANDLER_HPP
#define AMPS_FAILEDWRITEHANDLER_HPP

#include <cstddef>

#include "Message.hpp"

namespace AMPS {

/** Threads: the receive thread; it must not wait for the server. */
class AMPS_TYPE FailedWriteHandler {
 public:
  virtual ~FailedWriteHandler() {}
  /** @param message what was refused, with its content when a publish store kept it */
  virtual void failedWrite(const Message& message, const char* reason, size_t reasonLength) = 0;
};

namespace detail {

AMPS_FN inline void failed_write(amps_message_ref_t* refused, amps_span_t reason, void* handler) {
  static_cast<FailedWriteHandler*>(handler)->failedWrite(message(refused), reason.ptr, reason.len);
}
AMPS_FN inline void delete_failed_write_handler(void* handler) {
  delete static_cast<FailedWriteHandler*>(handler);
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_FAILEDWRITEHANDLER_HPP

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file FailedResubscribeHandler.hpp
 * Decides about a subscription that could not be placed again.
 */
#ifndef AMPS_FAILEDRESUBSCRIBEHANDLER_HPP
#define AMPS_FAILEDRESUBSCRIBEHANDLER_HPP

#include <memory>
#include <string>

#include "Message.hpp"
#include "MessageHandler.hpp"
#include "amps_plugins.h"
#include "detail/Part.hpp"
#include "detail/guarded.hpp"

namespace AMPS {

/** Threads: the one that reconnects. */
class AMPS_TYPE FailedResubscribeHandler {
 public:
  virtual ~FailedResubscribeHandler() {}
  /**
   * @param command  what was refused
   * @param handler  empty: the library keeps the subscription's handler to itself
   * @return true forgets the subscription and goes on, false fails the attempt
   */
  virtual bool failure(const Message& command, const MessageHandler& handler, unsigned requestedAckTypes,
                       const AMPSException& failure) = 0;
};

namespace detail {

// What the library owns: one share of the handler.
struct SharedFailedResubscribe {
  std::shared_ptr<FailedResubscribeHandler> handler;
};

struct FailedResubscribeThunks {
  AMPS_FN static const amps_failed_resubscribe_vt_t* table() {
    static const amps_failed_resubscribe_vt_t thunks = make();
    return &thunks;
  }

 private:
  struct Ask {
    FailedResubscribeHandler& handler;
    const Message& command;
    unsigned ack_types;
    int32_t* drop;
    AMPS_FN void operator()(const AMPSException& exception) const {
      *drop = handler.failure(command, MessageHandler(), ack_types, exception) ? 1 : 0;
    }
  };
  AMPS_FN static amps_result failure(void* self, amps_message_ref_t* command, uint32_t ack_types,
                                     int32_t code, amps_span_t what, int32_t* drop) {
    return guarded([&] {
      const Ask ask = {*object_of<SharedFailedResubscribe>(self).handler, message(command), ack_types, drop};
      visit_exception(code, text(what), std::string(), ask);
    });
  }
  AMPS_FN static amps_failed_resubscribe_vt_t make() {
    amps_failed_resubscribe_vt_t thunks = table_of_parts<amps_failed_resubscribe_vt_t>();
    thunks.failure = &failure;
    return thunks;
  }
};

AMPS_FN inline void install_failed_resubscribe(amps_client_t* client,
                                               const std::shared_ptr<FailedResubscribeHandler>& handler) {
  if (!handler) return check(amps_client_set_failed_resubscribe(client, NULL, NULL));
  SharedFailedResubscribe* const shared = new SharedFailedResubscribe();
  shared->handler = handler;
  Part<SharedFailedResubscribe>* const part = new_part(shared);
  const amps_result result = amps_client_set_failed_resubscribe(client, FailedResubscribeThunks::table(),
                                                                static_cast<Callable*>(part));
  release(part);  // The client has its own reference.
  check(result);
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_FAILEDRESUBSCRIBEHANDLER_HPP

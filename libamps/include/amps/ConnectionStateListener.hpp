/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ConnectionStateListener.hpp
 * Told about the stages of a connection.
 */
#ifndef AMPS_CONNECTIONSTATELISTENER_HPP
#define AMPS_CONNECTIONSTATELISTENER_HPP

#include "amps_client.h"
#include "detail/attributes.hpp"

namespace AMPS {

/** Must live until it is removed or the client is gone. Threads: any; it must not send commands. */
class AMPS_TYPE ConnectionStateListener {
 public:
  enum State {
    Disconnected = AMPS_STATE_Disconnected,
    Shutdown = AMPS_STATE_Shutdown,
    Connected = AMPS_STATE_Connected,
    LoggedOn = AMPS_STATE_LoggedOn,
    PublishReplayed = AMPS_STATE_PublishReplayed,
    HeartbeatInitiated = AMPS_STATE_HeartbeatInitiated,
    Resubscribed = AMPS_STATE_Resubscribed,
    UNKNOWN = AMPS_STATE_UNKNOWN
  };
  virtual ~ConnectionStateListener() {}
  virtual void connectionStateChanged(State state) = 0;
};

namespace detail {

// One thunk for every listener of this shared library; the listener is the userdata.
AMPS_FN inline void state_changed(int32_t state, void* listener) {
  try {
    static_cast<ConnectionStateListener*>(listener)->connectionStateChanged(
        static_cast<ConnectionStateListener::State>(state));
  } catch (...) {  // The connection goes on; a listener has nobody to tell.
  }
}

}  // namespace detail
}  // namespace AMPS

#endif  // AMPS_CONNECTIONSTATELISTENER_HPP

// SPDX-License-Identifier: Apache-2.0
// amps_client.h: the low-level part, for programs that compose every command themselves.
#include "abi/client_guard.h"

using amps::Status;
using amps::abi::guarded;
using amps::client::Client;

extern "C" {

void amps_client_set_message_handler(amps_handle client, amps_handler handler, void* userdata) {
  (void)guarded(client, [&](Client& c) {
    c.router().set_raw_handler({handler, userdata});
    return Status();
  });
}

void amps_client_set_disconnect_handler(amps_handle client, amps_handler handler, void* userdata) {
  (void)guarded(client, [&](Client& c) {
    c.listeners().set_raw_disconnect({handler, userdata});
    return Status();
  });
}

void amps_client_set_transport_filter_function(amps_handle client, amps_transport_filter_function filter,
                                               void* userdata) {
  (void)guarded(client, [&](Client& c) {
    c.listeners().set_raw_filter({filter, userdata});
    return Status();
  });
}

AMPS_SOCKET amps_client_get_socket(amps_handle client) {
  AMPS_SOCKET socket = -1;
  (void)guarded(client, [&](Client& c) {
    const auto connection = c.session().connection();
    if (connection != nullptr) socket = connection->stream().fd();
    return Status();
  });
  return socket;
}

}  // extern "C"

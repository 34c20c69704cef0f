// SPDX-License-Identifier: Apache-2.0
// A socket connected to the first address of a URI that answers.
// Threads: any. Blocks: up to the deadline, until woken, or until the interrupt hook asks.
#pragma once

#include <memory>

#include "base/status.h"
#include "net/connector.h"
#include "net/socket_stream.h"
#include "net/uri.h"

namespace amps::net {

// Every address is tried, each with an equal share of the time that is left. Fails with
// AMPS_E_CONNECTION_REFUSED when nobody listens, AMPS_E_TIMED_OUT, AMPS_E_DISCONNECTED (woken),
// AMPS_E_INTERRUPTED, or AMPS_E_CONNECTION with each address and the system's reason.
Status open_client_socket(const Uri& uri, const ConnectOptions& options, std::unique_ptr<SocketStream>* out);

}  // namespace amps::net

// SPDX-License-Identifier: Apache-2.0
// Opens the client's end of a connection: resolve, connect, TLS handshake, HTTP preflight, compression.
// Threads: any. Blocks: up to the deadline, until woken, or until the interrupt hook asks.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "net/byte_stream.h"
#include "net/uri.h"
#include "net/waker.h"

namespace amps::net {

struct ConnectOptions {
  std::chrono::steady_clock::time_point deadline;
  std::vector<std::string> preflight_headers;  // "Name: value".
  const Waker* waker = nullptr;                // Wakes the connecting thread for good: AMPS_E_DISCONNECTED.
};

Status connect(const Uri& uri, const ConnectOptions& options, std::unique_ptr<ByteStream>* out);

}  // namespace amps::net

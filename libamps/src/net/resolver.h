// SPDX-License-Identifier: Apache-2.0
// Host names to addresses, in the order in which they should be tried.
// Threads: any. Blocks: up to the deadline, until woken or interrupted; addresses never block.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "net/waker.h"

namespace amps::net {

struct SocketAddress {
  sockaddr_storage storage;
  socklen_t size;

  int family() const noexcept { return storage.ss_family; }
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
  // "127.0.0.1:9007", "[::1]:9007" or the name of a socket file.
  std::string text() const;
};

struct ResolveOptions {
  bool prefer_ipv6 = false;
  Deadline deadline = kNoDeadline;
  const Waker* waker = nullptr;
};

// At least one address on success. AMPS_E_CONNECTION names the host and the resolver's reason.
Status resolve(const std::string& host, std::uint16_t port, const ResolveOptions& options,
               std::vector<SocketAddress>* out);
// Requires: path.size() < sizeof(sockaddr_un::sun_path).
SocketAddress unix_address(const std::string& path) noexcept;
// What a wait that did not end with a ready descriptor means. `what` completes "… while <what>".
Status wait_status(Ready ready, const std::string& what);

}  // namespace amps::net

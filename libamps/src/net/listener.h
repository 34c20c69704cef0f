// SPDX-License-Identifier: Apache-2.0
// Sockets that accept connections: TCP on every address of a name, or one Unix socket.
// Threads: open() and close() by the owner; connections are accepted on the thread of the event loop
// between attach() and detach(). Blocks: open(), while a name is resolved.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "net/event_loop.h"

namespace amps::net {

struct ListenAddress {
  std::string
      host;  // A name or an address; empty with a port: loopback, both IP versions. "*": every address.
  std::uint16_t port = 0;  // 0: a free one.
  std::string unix_path;   // Set: a Unix socket, and the rest means nothing.

  bool is_unix() const noexcept { return !unix_path.empty(); }
};

// "port", "host:port", "[v6]:port", "*:port". Fails with AMPS_E_URI.
Status parse_listen_address(std::string_view text, ListenAddress* out);

// Whether the address is loopback or a Unix socket, as Listener::is_local() says it once it is bound.
// Blocks: while a name is resolved.
Status find_is_local(const ListenAddress& address, bool* is_local);

class Listener {
 public:
  // Takes ownership of the descriptor, which is non-blocking and close-on-exec.
  using Accept = std::function<void(int fd, std::string peer)>;
  // Told at most once a second, when connections are turned away for lack of descriptors.
  using Refused = std::function<void(const std::string& why)>;

  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Binds and listens. A Unix socket nobody serves any more is replaced; a served one is an error.
  Status open(const ListenAddress& address);
  Status attach(EventLoop* loop, Accept accept, Refused refused);
  void detach() noexcept;  // On the loop's thread, or when the loop does not run.
  void close() noexcept;

  std::uint16_t port() const noexcept { return port_; }
  const std::string& host() const noexcept { return host_; }  // Numeric, of the first socket; empty for Unix.
  const std::string& unix_path() const noexcept { return unix_path_; }
  // True when every bound address is loopback or a Unix socket.
  bool is_local() const noexcept { return is_local_; }

 private:
  class Socket;
  Status open_unix(const std::string& path);
  Status open_tcp(const ListenAddress& address);
  void accept_from(int fd) noexcept;
  void refuse_one(int fd) noexcept;

  std::vector<std::unique_ptr<Socket>> sockets_;
  EventLoop* loop_ = nullptr;
  Accept accept_;
  Refused refused_;
  int spare_fd_ = -1;  // Given up for a moment to accept and close what we have no descriptor for.
  std::uint64_t refused_ms_ = 0;
  std::string host_;
  std::string unix_path_;
  std::uint16_t port_ = 0;
  bool is_local_ = true;
};

}  // namespace amps::net

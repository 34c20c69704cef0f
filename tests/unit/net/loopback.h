// SPDX-License-Identifier: Apache-2.0
// Real sockets for tests: connected pairs, listeners on free ports, and bounded waits.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "net/socket_stream.h"
#include "net/waker.h"
#include "support/temporary_directory.h"

namespace amps::net {

using test::TemporaryDirectory;

// Long enough for the slowest machine under a sanitizer; no test waits for it to pass.
inline Deadline soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(20);
}

struct SocketPair {
  SocketPair() {
    int fds[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) std::abort();
    left = std::make_unique<SocketStream>(fds[0], "left");
    right = std::make_unique<SocketStream>(fds[1], "right");
  }
  std::unique_ptr<SocketStream> left, right;
};

// Listens on 127.0.0.1 at a free port, or on a Unix socket.
class LoopbackListener {
 public:
  explicit LoopbackListener(int backlog = 16) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd_, backlog) != 0)
      std::abort();
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  explicit LoopbackListener(const std::string& path, int backlog = 16)
      : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
        ::listen(fd_, backlog) != 0) {
      std::abort();
    }
  }
  ~LoopbackListener() { close(); }
  LoopbackListener(const LoopbackListener&) = delete;
  LoopbackListener& operator=(const LoopbackListener&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  int fd() const noexcept { return fd_; }
  std::unique_ptr<SocketStream> accept() {  // Waits for the peer.
    return std::make_unique<SocketStream>(::accept(fd_, nullptr, nullptr), "client");
  }
  void close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

// Waits as an unfinished call asks; false when it failed, ended or the time is over.
inline bool wait_as_told(const ByteStream& stream, const IoResult& result) {
  if (result.state != IoState::kWantRead && result.state != IoState::kWantWrite) return false;
  return wait_for(stream.fd(), result.state == IoState::kWantWrite, soon(), nullptr, false) !=
         Ready::kTimedOut;
}

// Reads exactly `count` bytes, fewer when the stream ends first.
inline std::string read_exactly(ByteStream& stream, std::size_t count) {
  std::string all(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const IoResult result = stream.read_some(all.data() + have, count - have);
    if (result.state == IoState::kOk) {
      have += result.size;
    } else if (!wait_as_told(stream, result)) {
      break;
    }
  }
  all.resize(have);
  return all;
}

// Reads until the stream gives no more for good; says how it ended.
inline IoState read_to_end(ByteStream& stream, std::string* all) {
  char bytes[4096];
  for (;;) {
    const IoResult result = stream.read_some(bytes, sizeof(bytes));
    if (result.state == IoState::kOk) {
      all->append(bytes, result.size);
    } else if (!wait_as_told(stream, result)) {
      return result.state;
    }
  }
}

// Writes and flushes all, waiting where needed.
inline bool write_waiting(ByteStream& stream, std::string_view bytes) {
  while (!bytes.empty()) {
    const IoResult result = stream.write_some(bytes.data(), bytes.size());
    if (result.state == IoState::kOk) {
      bytes.remove_prefix(result.size);
    } else if (!wait_as_told(stream, result)) {
      return false;
    }
  }
  for (;;) {
    const IoResult result = stream.flush_some();
    if (result.state == IoState::kOk) return true;
    if (!wait_as_told(stream, result)) return false;
  }
}

}  // namespace amps::net

// SPDX-License-Identifier: Apache-2.0
#include "net/socket_stream.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "net/system_error.h"

namespace amps::net {

SocketStream::SocketStream(int fd, std::string peer) : fd_(fd), peer_(std::move(peer)) {
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
  fcntl(fd_, F_SETFD, FD_CLOEXEC);
}

SocketStream::~SocketStream() {
  ::close(fd_);
}

IoResult SocketStream::read_some(char* to, std::size_t size) {
  if (size == 0) return {IoState::kOk, 0};
  for (;;) {
    const ssize_t got = ::recv(fd_, to, size, 0);
    if (got > 0) return {IoState::kOk, static_cast<std::size_t>(got)};
    if (got == 0) return {IoState::kClosed, 0};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {IoState::kWantRead, 0};
    if (errno != EINTR) return fail(errno, true);
  }
}

IoResult SocketStream::write_some(const char* from, std::size_t size) {
  if (size == 0) return {IoState::kOk, 0};
  for (;;) {
    const ssize_t put = ::send(fd_, from, size, MSG_NOSIGNAL);
    if (put >= 0) return {IoState::kOk, static_cast<std::size_t>(put)};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {IoState::kWantWrite, 0};
    if (errno != EINTR) return fail(errno, false);
  }
}

void SocketStream::shutdown() noexcept {
  ::shutdown(fd_, SHUT_RDWR);
}

IoResult SocketStream::fail(int error, bool reading) noexcept {
  int none = 0;
  failure_.compare_exchange_strong(none, reading ? -error : error, std::memory_order_relaxed);
  return {IoState::kFailed, 0};
}

Status SocketStream::status() const {
  const int failure = failure_.load(std::memory_order_relaxed);
  if (failure == 0) return {};
  return {AMPS_E_CONNECTION, std::string(failure < 0 ? "reading from " : "writing to ") + peer_ +
                                 " failed: " + system_error_text(std::abs(failure))};
}

}  // namespace amps::net

// SPDX-License-Identifier: Apache-2.0
// A connected socket, TCP or Unix-domain, as a byte stream. Never raises SIGPIPE.
// Threads: one reader and one writer; shutdown() from any. Owns: the descriptor.
#pragma once

#include <atomic>
#include <string>

#include "net/byte_stream.h"

namespace amps::net {

class SocketStream final : public ByteStream {
 public:
  // Takes over a connected socket and makes it non-blocking and close-on-exec.
  // `peer` is what error texts call the other end: "127.0.0.1:9007".
  SocketStream(int fd, std::string peer);
  ~SocketStream() override;  // Closes.
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  IoResult read_some(char* to, std::size_t size) override;
  IoResult write_some(const char* from, std::size_t size) override;
  int fd() const noexcept override { return fd_; }
  void shutdown() noexcept override;
  Status status() const override;

 private:
  IoResult fail(int error, bool reading) noexcept;

  const int fd_;
  const std::string peer_;
  // The first failure: an errno, negative when it was met while reading. The value is all there is,
  // so relaxed order is enough.
  std::atomic<int> failure_{0};
};

}  // namespace amps::net

// SPDX-License-Identifier: Apache-2.0
// A connection as bytes in both directions that never blocks. Streams wrap one another: socket, TLS,
// zlib, filter.
// Threads: one reader and one writer at the same time; shutdown() from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/status.h"

namespace amps::net {

enum class IoState {
  kOk,         // `size` bytes moved, at least one.
  kWantRead,   // Nothing moved; call again when the descriptor is readable.
  kWantWrite,  // Nothing moved; call again when the descriptor is writable.
  kClosed,     // The peer closed in order.
  kFailed,     // See status().
};

struct IoResult {
  IoState state;
  std::size_t size = 0;
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  virtual IoResult read_some(char* to, std::size_t size) = 0;
  // Accepts bytes; a wrapping stream may hold some until flush_some().
  virtual IoResult write_some(const char* from, std::size_t size) = 0;
  // Pushes held bytes on; kOk when none are left.
  virtual IoResult flush_some() { return {IoState::kOk, 0}; }
  // Decoded bytes are waiting that poll() on the descriptor cannot see.
  virtual bool has_buffered_input() const noexcept { return false; }
  virtual int fd() const noexcept = 0;
  // Ends both directions; readers and writers get kClosed or kFailed from now on. Never blocks.
  virtual void shutdown() noexcept = 0;
  // Why read_some or write_some failed. Threads: the one that got kFailed.
  virtual Status status() const = 0;
};

}  // namespace amps::net

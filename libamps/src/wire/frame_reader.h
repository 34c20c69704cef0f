// SPDX-License-Identifier: Apache-2.0
// Cuts a byte stream into frames. A frame is a 4-byte big-endian length and that many bytes
// (protocol 1.1). Bytes are read straight into its buffer, which grows with what has arrived and
// never with what a prefix claims.
// Threads: one at a time; the receive loop or the session owns it. Blocks: never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "base/status.h"

namespace amps::wire {

class FrameReader {
 public:
  // Requires: frame_bytes_max > 0. A larger prefix is an error.
  explicit FrameReader(std::uint32_t frame_bytes_max) noexcept : frame_bytes_max_(frame_bytes_max) {}

  void set_frame_bytes_max(std::uint32_t frame_bytes_max) noexcept { frame_bytes_max_ = frame_bytes_max; }
  // Where the next bytes go: at least half of kReadBytes of room, more inside a large frame. Invalidates
  // frames taken before. `*size` gets the room; after reading n bytes call commit(n).
  char* prepare(std::size_t* size);
  void commit(std::size_t count) noexcept;
  // Copies: for tests and for bytes that were read elsewhere.
  void feed(std::string_view bytes);
  // Takes the next whole frame, without its prefix; frames of length 0 are passed over. False when
  // there is none yet or after an error. The view dies at the next prepare() or feed().
  bool next(std::string_view* frame) noexcept;
  // Sticky after the first oversized prefix.
  const Status& status() const noexcept { return status_; }
  // Bytes that have arrived and were not taken: an unfinished frame, or frames nobody asked for.
  std::string_view pending() const noexcept { return buffer_.view().substr(begin_); }
  std::size_t memory_bytes() const noexcept { return buffer_.capacity(); }

 private:
  Buffer buffer_;
  std::size_t begin_ = 0;     // First byte not taken.
  unsigned small_reads_ = 0;  // Reads in a row that began empty, while the buffer may be large.
  std::uint32_t frame_bytes_max_;
  Status status_;
};

}  // namespace amps::wire

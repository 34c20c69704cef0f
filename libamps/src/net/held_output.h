// SPDX-License-Identifier: Apache-2.0
// Bytes that a wrapping stream has made and the stream below has not accepted yet.
// Threads: the writer, or whoever holds the owner's lock. Blocks: never.
#pragma once

#include "base/buffer.h"
#include "net/byte_stream.h"

namespace amps::net {

class HeldOutput {
 public:
  bool empty() const noexcept { return sent_ == bytes_.size(); }
  std::size_t size() const noexcept { return bytes_.size() - sent_; }
  // Where new bytes are appended. Requires: nothing is cut off it that was there before.
  Buffer& bytes() noexcept { return bytes_; }

  // Hands over what `to` accepts and flushes it; kOk when nothing is left.
  IoResult push(ByteStream& to) {
    while (!empty()) {
      const IoResult result = to.write_some(bytes_.data() + sent_, size());
      if (result.state != IoState::kOk) return result;
      sent_ += result.size;
    }
    bytes_.clear();
    bytes_.shrink(kKeptBytes);
    sent_ = 0;
    return to.flush_some();
  }

 private:
  static constexpr std::size_t kKeptBytes = 256 * 1024;  // A larger burst gives its memory back.

  Buffer bytes_;
  std::size_t sent_ = 0;
};

}  // namespace amps::net

// SPDX-License-Identifier: Apache-2.0
// Frames that somebody read while a handler was stuck: they wait here, in order, for the receive
// thread. When it is full nobody reads on, so the peer feels the back-pressure.
// Threads: one at a time; the connection's receive mutex guards it. Owns: copies of the frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/buffer.h"
#include "base/limits.h"
#include "wire/header_encoder.h"

namespace amps::client {

// Whether the acks of a frame were settled when it was read, and whether somebody waited for them.
enum class Settled : char { kNo, kUnclaimed, kClaimed };

class Backlog {
 public:
  bool is_full() const noexcept { return count_ >= kQueuedMessagesMax || size_bytes_ >= kQueuedBytesMax; }
  bool empty() const noexcept { return waiting_.empty(); }

  void append(std::string_view frame, Settled settled) {
    char* at = waiting_.extend(kEntryBytes + frame.size());
    wire::store_length(at, static_cast<std::uint32_t>(frame.size()));
    at[4] = static_cast<char>(settled);
    std::memcpy(at + kEntryBytes, frame.data(), frame.size());
    ++count_;
    size_bytes_ += frame.size();
  }
  // Hands over all that waits. It still counts until release(), so that the bound holds while it is
  // delivered.
  void take(Buffer* out) noexcept {
    out->clear();
    out->swap(waiting_);
    taken_count_ = count_;
    taken_bytes_ = size_bytes_;
  }
  void release() noexcept {
    count_ -= taken_count_;
    size_bytes_ -= taken_bytes_;
    taken_count_ = taken_bytes_ = 0;
  }
  // Calls visit(frame, settled) for each frame of a taken block, until it returns false.
  template <typename Visit>
  static void for_each(std::string_view taken, Visit visit) {
    while (!taken.empty()) {
      const std::size_t size = wire::load_length(taken.data());
      const auto settled = static_cast<Settled>(taken[4]);
      if (!visit(taken.substr(kEntryBytes, size), settled)) return;
      taken.remove_prefix(kEntryBytes + size);
    }
  }

 private:
  static constexpr std::size_t kEntryBytes = 5;  // Length and a Settled.

  Buffer waiting_;
  std::size_t count_ = 0, size_bytes_ = 0;
  std::size_t taken_count_ = 0, taken_bytes_ = 0;
};

}  // namespace amps::client

// SPDX-License-Identifier: Apache-2.0
#include "wire/frame_reader.h"

#include <algorithm>
#include <cassert>

#include "base/limits.h"
#include "wire/header_encoder.h"

namespace amps::wire {

namespace {
constexpr std::size_t kPrefixBytes = 4;
// Memory kept by a reader that has seen a large frame; larger buffers are given back once empty.
constexpr std::size_t kKeptBytesMax = 4 * kReadBytes;
}  // namespace

char* FrameReader::prepare(std::size_t* size) {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    buffer_.shrink(kKeptBytesMax);
  } else if (begin_ != 0) {
    buffer_.remove_prefix(begin_);
  }
  begin_ = 0;
  // Inside a large frame the room grows with what has arrived: doubling, never by the prefix.
  *size = std::max(kReadBytes, buffer_.size());
  buffer_.reserve(buffer_.size() + *size);
  return buffer_.data() + buffer_.size();
}

void FrameReader::commit(std::size_t count) noexcept {
  assert(count <= buffer_.capacity() - buffer_.size());
  buffer_.extend(count);
}

void FrameReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t room = 0;
    char* to = prepare(&room);
    const std::size_t count = std::min(room, bytes.size());
    std::copy_n(bytes.data(), count, to);
    commit(count);
    bytes.remove_prefix(count);
  }
}

bool FrameReader::next(std::string_view* frame) noexcept {
  while (status_.ok() && buffer_.size() - begin_ >= kPrefixBytes) {
    const std::uint32_t length = load_length(buffer_.data() + begin_);
    if (length > frame_bytes_max_) {
      status_ = Status(AMPS_E_STREAM, "frame of " + std::to_string(length) + " bytes exceeds limit of " +
                                          std::to_string(frame_bytes_max_));
      return false;
    }
    if (buffer_.size() - begin_ - kPrefixBytes < length) return false;
    *frame = std::string_view(buffer_.data() + begin_ + kPrefixBytes, length);
    begin_ += kPrefixBytes + length;
    if (length != 0) return true;  // An empty frame carries nothing.
  }
  return false;
}

}  // namespace amps::wire

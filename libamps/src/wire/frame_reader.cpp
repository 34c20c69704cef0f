// SPDX-License-Identifier: Apache-2.0
#include "wire/frame_reader.h"

#include <algorithm>
#include <cassert>
#include <string>

#include "base/limits.h"
#include "wire/header_encoder.h"

namespace amps::wire {
namespace {

constexpr std::size_t kPrefixBytes = 4;
constexpr std::size_t kRoomBytesMin = kReadBytes / 2;
// A reader that has seen a large frame gives its memory back when this many reads needed less …
constexpr unsigned kSmallReadsMax = 64;
// … than this, so that a stream of large frames does not allocate one by one.
constexpr std::size_t kKeptBytesMax = 4 * kReadBytes;

// Whose bytes a length that no frame has most likely are: who reads the log can correct the address.
std::string_view likely_protocol(std::uint32_t length) noexcept {
  struct Row {
    std::uint32_t mask;
    std::uint32_t bytes;
    std::string_view name;
  };
  static constexpr Row kRows[] = {
      {0xFFFF'0000, 0x1603'0000, "a TLS handshake"},
      {0xFFFF'FFFF, 0x4745'5420, "an HTTP request"},              // "GET "
      {0xFFFF'FFFF, 0x504F'5354, "an HTTP request"},              // "POST"
      {0xFFFF'FFFF, 0x4854'5450, "an HTTP answer"},               // "HTTP"
      {0xFFFF'FFFF, 0x5353'482D, "an SSH greeting"},              // "SSH-"
      {0xFF00'0000, 0x7B00'0000, "a header without its length"},  // "{"
      {0xFF00'0000, 0x7800'0000, "a zlib stream"},
  };
  for (const Row& row : kRows) {
    if ((length & row.mask) == row.bytes) return row.name;
  }
  return {};
}

Status oversized(std::uint32_t length, std::uint32_t limit) {
  std::string text =
      "frame of " + std::to_string(length) + " bytes exceeds limit of " + std::to_string(limit);
  const std::string_view likely = likely_protocol(length);
  if (!likely.empty()) text.append("; the bytes look like ").append(likely);
  return {AMPS_E_STREAM, std::move(text)};
}

}  // namespace

char* FrameReader::prepare(std::size_t* size) {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
  } else if (begin_ != 0) {
    buffer_.remove_prefix(begin_);
  }
  begin_ = 0;
  if (buffer_.size() > kKeptBytesMax) {
    small_reads_ = 0;
  } else if (buffer_.empty() && ++small_reads_ >= kSmallReadsMax) {
    small_reads_ = 0;
    buffer_.shrink(kKeptBytesMax);
  }
  // Room grows with what has arrived, by a quarter: memory stays near the bytes received, and the
  // copies of growing add up to a few times the frame. Half a read of room is enough, so that the
  // rest of an unfinished small frame does not make the buffer grow.
  const std::size_t filled = buffer_.size();
  if (buffer_.capacity() - filled < kRoomBytesMin) {
    buffer_.reserve_exact(filled + std::max(kReadBytes, filled / 4));
  }
  *size = buffer_.capacity() - filled;
  return buffer_.data() + filled;
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
      status_ = oversized(length, frame_bytes_max_);
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

// SPDX-License-Identifier: Apache-2.0
// The header of an earlier publish, kept with its decoding: a frame that begins with the same bytes, but
// for the values of fields that differ from message to message, has the same header, because a header
// ends where its braces close. A few comparisons instead of a decoding.
// Threads: one at a time; each reader has its own. Blocks: never. Views point into the frame or into the
// kept text and die with the frame or at the next learn().
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/header.h"

namespace amps::wire {

class PredictedHeader {
 public:
  // True when the frame has the kept header, which is then in `*out`.
  bool decode(std::string_view frame, Header* out) noexcept;
  // Keeps the header of a frame that decoded to `header`, if such are likely to come again.
  void learn(std::string_view frame, const Header& header) noexcept;

 private:
  static constexpr std::size_t kBytesMax = 256;  // Longer headers cost more to keep than they save.
  static constexpr unsigned kVaryingMax = 4;     // Bookmark, timestamp, key and one more.
  static constexpr unsigned kMissesMax = 4;      // So streams that mix two topics do not learn all the time.

  // A value that differs, and the constant text before it.
  struct Varying {
    FieldId field;
    std::uint32_t text_begin;
    std::uint32_t text_end;
    bool is_quoted;
  };
  bool collect(std::string_view text, const Header& header) noexcept;

  char text_[kBytesMax];
  std::uint32_t size_ = 0;        // Of text_; 0: nothing is kept.
  std::uint32_t tail_begin_ = 0;  // Constant text behind the last varying value.
  Varying varying_[kVaryingMax];
  unsigned varying_count_ = 0;
  unsigned misses_ = kMissesMax;  // In a row.
  Header header_;                 // The constant fields: views of text_.
};

}  // namespace amps::wire

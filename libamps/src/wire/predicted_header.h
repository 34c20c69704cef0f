// SPDX-License-Identifier: Apache-2.0
// The header of an earlier publish, kept with its decoding: a frame that begins with the same bytes has
// the same header, because a header ends where its braces close. One comparison instead of a decoding.
// Threads: one at a time; each reader has its own. Blocks: never. Views die at the next learn().
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/header.h"

namespace amps::wire {

class PredictedHeader {
 public:
  // True when the frame has the kept header, which is then in `*out`.
  bool decode(std::string_view frame, Header* out) const noexcept;
  // Keeps the header of a frame that decoded to `header`, unless the next one will differ anyway.
  void learn(std::string_view frame, const Header& header) noexcept;

 private:
  static constexpr std::size_t kBytesMax = 256;  // Longer headers cost more to keep than they save.

  char text_[kBytesMax];
  Header header_;  // Views of text_. Empty: nothing is kept.
};

}  // namespace amps::wire

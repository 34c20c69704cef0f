// SPDX-License-Identifier: Apache-2.0
// Code points as bytes.
// Threads: a function of its arguments.
#pragma once

#include <cstdint>

namespace amps::broker {

// Appends 1 to 4 bytes; returns where they end.
inline char* append_utf8(char* to, std::uint32_t point) noexcept {
  if (point < 0x80) {
    *to++ = static_cast<char>(point);
    return to;
  }
  int shift = point < 0x800 ? 6 : point < 0x10000 ? 12 : 18;
  *to++ = static_cast<char>((shift == 6 ? 0xC0u : shift == 12 ? 0xE0u : 0xF0u) | (point >> shift));
  for (shift -= 6; shift >= 0; shift -= 6) *to++ = static_cast<char>(0x80u | ((point >> shift) & 0x3Fu));
  return to;
}

}  // namespace amps::broker

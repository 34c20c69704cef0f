// SPDX-License-Identifier: Apache-2.0
// Code points as bytes, and bytes that are none.
// Threads: a function of its arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

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

// Where the first byte is that belongs to no code point: overlong forms, surrogates and what is above
// U+10FFFF are none (RFC 3629). npos: all is well.
inline std::size_t find_bad_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t offset) -> std::uint32_t {
      return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0;
    };
    const std::uint32_t first = byte(0);
    const std::size_t size = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
    if (size == 0) return at;
    std::uint32_t point = size == 1 ? first : first & (0x7Fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
      if ((byte(i) & 0xC0u) != 0x80u) return at;
      point = point << 6 | (byte(i) & 0x3Fu);
    }
    const std::uint32_t least = size == 3 ? 0x800u : size == 4 ? 0x10000u : 0u;
    if (point < least || point > 0x10FFFFu || (point >= 0xD800u && point < 0xE000u)) return at;
    at += size;
  }
  return std::string_view::npos;
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Where a string of a header ends or becomes complicated.
// Threads: functions of their arguments.
#pragma once

#include <cstdint>

#include "wire/field_keys.h"

namespace amps::wire {

constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20;
}

// The high bit of every byte of `word` that ends or complicates a string: quote, backslash, control
// character. The lowest such bit is exact; those above it may be set by a borrow.
constexpr std::uint64_t string_stops(std::uint64_t word) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHighs = 0x8080808080808080u;
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  return (((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) | ((word - kOnes * 0x20) & ~word)) &
         kHighs;
}

// The first quote, backslash or control character, or `end`.
inline const char* find_string_stop(const char* at, const char* end) noexcept {
  for (; end - at >= 8; at += 8) {
    const std::uint64_t stops = string_stops(load_word(at));
    if (stops != 0) return at + (__builtin_ctzll(stops) >> 3);
  }
  while (at != end && *at != '"' && *at != '\\' && !is_control(*at)) ++at;
  return at;
}

}  // namespace amps::wire

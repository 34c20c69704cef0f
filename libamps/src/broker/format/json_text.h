// SPDX-License-Identifier: Apache-2.0
// The lexical level of json (RFC 8259): strings, numbers, and how to step over what nobody asked for.
// Threads: functions of their arguments. A null result means malformed or cut short.
#pragma once

#include <string_view>

#include "base/buffer.h"
#include "broker/expression/value.h"
#include "broker/format/text_arena.h"

namespace amps::broker::json {

inline bool is_space(char byte) noexcept {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}
inline const char* skip_space(const char* at, const char* end) noexcept {
  while (at != end && is_space(*at)) ++at;
  return at;
}

// `at` stands behind the opening quote; returns the closing one. `escaped`: there are backslashes between.
const char* find_string_end(const char* at, const char* end, bool* escaped) noexcept;
// What a string between its quotes means. Without backslashes that is itself. False: an unknown escape, or
// no room left. Half of a surrogate pair becomes U+FFFD.
bool unescape(std::string_view raw, TextArena* texts, std::string_view* out);

// `at` stands at a digit or minus. The value keeps its text.
const char* read_number(const char* at, const char* end, Value* out) noexcept;
// `at` stands at a number, true, false or null.
const char* read_literal(const char* at, const char* end, Value* out) noexcept;

// Behind the value that begins at `at`. Only strings and brackets are looked at, so it may be malformed
// inside.
const char* skip_value(const char* at, const char* end) noexcept;
// Behind the bracket that closes what is open; `depth` levels are.
const char* skip_open(const char* at, const char* end, std::size_t depth) noexcept;

// With quotes. Bytes above 0x7F go out as they are.
void append_string(std::string_view text, Buffer* out);

}  // namespace amps::broker::json

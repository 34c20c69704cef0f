// SPDX-License-Identifier: Apache-2.0
// The header of a frame, decoded: which fields are present and where their values are.
// Threads: one at a time. Views point into the decoded frame or into the decoder's scratch space,
// and die with the frame or at the decoder's next decode(), whichever is first.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "amps/amps_message.h"

namespace amps::wire {

inline amps_span_t span_of(std::string_view text) noexcept {
  return {text.data(), text.size()};
}
inline std::string_view view_of(amps_span_t span) noexcept {
  return {span.ptr, span.len};
}

constexpr std::uint64_t field_bit(FieldId field) noexcept {
  return std::uint64_t{1} << field;
}
static_assert(AMPS_FIELD_COUNT <= 64, "one word says which fields are present");

struct Header {
  std::uint64_t present = 0;             // field_bit() of every field that has a value.
  std::uint32_t command = 0;             // One AMPS_COMMAND_ bit; 0 when missing or unknown.
  std::uint32_t ack_types = 0;           // AMPS_ACK_ bits of the field AckType.
  std::uint32_t size_bytes = 0;          // Length of the header text, braces included.
  amps_span_t fields[AMPS_FIELD_COUNT];  // Only where `present` says so.

  bool has(FieldId field) const noexcept { return (present & field_bit(field)) != 0; }
  std::string_view get(FieldId field) const noexcept {
    return has(field) ? view_of(fields[field]) : std::string_view{};
  }
  void set(FieldId field, std::string_view value) noexcept {
    fields[field] = span_of(value);
    present |= field_bit(field);
  }
  void clear() noexcept { present = 0, command = 0, ack_types = 0, size_bytes = 0; }
  // The value as an unsigned number; nothing when absent, negative, fractional or above 2^64 - 1.
  std::optional<std::uint64_t> number(FieldId field) const noexcept;
};

}  // namespace amps::wire

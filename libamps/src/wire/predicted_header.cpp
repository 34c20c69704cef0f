// SPDX-License-Identifier: Apache-2.0
#include "wire/predicted_header.h"

#include <cstring>
#include <functional>

namespace amps::wire {

namespace {

// Differ from message to message.
constexpr std::uint64_t kVarying = field_bit(AMPS_Bookmark) | field_bit(AMPS_Sequence) | field_bit(AMPS_Timestamp) |
                                   field_bit(AMPS_SowKey) | field_bit(AMPS_LeasePeriod) |
                                   field_bit(AMPS_CorrelationId) | field_bit(AMPS_MessageLength);

// The views of `from` lie behind `from_text`; those of `to` lie equally behind `to_text`.
void copy(const Header& from, const char* from_text, const char* to_text, Header* to) noexcept {
  to->present = from.present;
  to->command = from.command;
  to->ack_types = from.ack_types;
  to->size_bytes = from.size_bytes;
  for (std::uint64_t bits = from.present; bits != 0; bits &= bits - 1) {
    const amps_span_t& value = from.fields[__builtin_ctzll(bits)];
    to->fields[__builtin_ctzll(bits)] = {to_text + (value.ptr - from_text), value.len};
  }
}

// A value with escapes stands in the decoder's own memory instead.
bool lies_in(amps_span_t value, std::string_view text) noexcept {
  const std::less_equal<> before;
  return before(text.data(), value.ptr) && before(value.ptr + value.len, text.data() + text.size());
}

}  // namespace

bool PredictedHeader::decode(std::string_view frame, Header* out) const noexcept {
  const std::size_t size = header_.size_bytes;
  if (size == 0 || frame.size() < size || std::memcmp(frame.data(), text_, size) != 0) return false;
  copy(header_, text_, text_, out);
  return true;
}

void PredictedHeader::learn(std::string_view frame, const Header& header) noexcept {
  if (header.command != AMPS_COMMAND_Publish || (header.present & kVarying) != 0) return;
  if (header.size_bytes > kBytesMax) return;
  const std::string_view text = frame.substr(0, header.size_bytes);
  for (std::uint64_t bits = header.present; bits != 0; bits &= bits - 1) {
    if (!lies_in(header.fields[__builtin_ctzll(bits)], text)) return;
  }
  std::memcpy(text_, text.data(), text.size());
  copy(header, text.data(), text_, &header_);
}

}  // namespace amps::wire

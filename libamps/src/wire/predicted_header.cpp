// SPDX-License-Identifier: Apache-2.0
#include "wire/predicted_header.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "base/limits.h"
#include "wire/string_stop.h"

namespace amps::wire {

namespace {

// Differ from message to message.
constexpr std::uint64_t kVaryingFields = field_bit(AMPS_Bookmark) | field_bit(AMPS_Sequence) |
                                         field_bit(AMPS_Timestamp) | field_bit(AMPS_SowKey) |
                                         field_bit(AMPS_LeasePeriod) | field_bit(AMPS_CorrelationId) |
                                         field_bit(AMPS_MessageLength) | field_bit(AMPS_Expiration);

// A value with escapes stands in the decoder's own memory instead.
bool lies_in(amps_span_t value, std::string_view text) noexcept {
  const std::less_equal<> before;
  return before(text.data(), value.ptr) && before(value.ptr + value.len, text.data() + text.size());
}

// The end of a value as the decoder would take it; none when only the decoder can tell.
const char* find_value_end(const char* at, const char* end, bool is_quoted) noexcept {
  const char* const begin = at;
  if (is_quoted) {
    at = find_string_stop(at, end);
    if (at == end || *at != '"') return nullptr;
  } else {
    while (at != end && *at >= '0' && *at <= '9') ++at;
  }
  return at != begin ? at : nullptr;  // An empty value means that the field is absent.
}

}  // namespace

bool PredictedHeader::decode(std::string_view frame, Header* out) noexcept {
  if (size_ == 0) return false;
  const char* at = frame.data();
  const char* const end = at + std::min<std::size_t>(frame.size(), kHeaderBytesMax);
  const auto takes = [&](std::uint32_t begin, std::uint32_t finish) {
    const std::size_t size = finish - begin;
    if (static_cast<std::size_t>(end - at) < size || std::memcmp(at, text_ + begin, size) != 0) return false;
    at += size;
    return true;
  };
  ++misses_;
  out->present = header_.present;
  for (unsigned i = 0; i < varying_count_; ++i) {
    const Varying& varying = varying_[i];
    if (!takes(varying.text_begin, varying.text_end)) return false;
    const char* const value_end = find_value_end(at, end, varying.is_quoted);
    if (value_end == nullptr) return false;
    out->set(varying.field, {at, static_cast<std::size_t>(value_end - at)});
    at = value_end;
  }
  if (!takes(tail_begin_, size_)) return false;
  misses_ = 0;
  for (std::uint64_t bits = header_.present; bits != 0; bits &= bits - 1) {
    out->fields[__builtin_ctzll(bits)] = header_.fields[__builtin_ctzll(bits)];
  }
  out->command = header_.command;
  out->ack_types = header_.ack_types;
  out->size_bytes = static_cast<std::uint32_t>(at - frame.data());
  return true;
}

void PredictedHeader::learn(std::string_view frame, const Header& header) noexcept {
  if (misses_ < kMissesMax || header.command != AMPS_COMMAND_Publish || header.size_bytes > kBytesMax) return;
  const std::string_view text = frame.substr(0, header.size_bytes);
  for (std::uint64_t bits = header.present; bits != 0; bits &= bits - 1) {
    if (!lies_in(header.fields[__builtin_ctzll(bits)], text)) return;
  }
  size_ = 0;
  if (!collect(text, header)) return;
  std::memcpy(text_, text.data(), text.size());
  header_.present = header.present & ~kVaryingFields;
  header_.command = header.command;
  header_.ack_types = header.ack_types;
  for (std::uint64_t bits = header_.present; bits != 0; bits &= bits - 1) {
    const amps_span_t& value = header.fields[__builtin_ctzll(bits)];
    header_.fields[__builtin_ctzll(bits)] = {text_ + (value.ptr - text.data()), value.len};
  }
  size_ = header.size_bytes;
  misses_ = 0;
}

// The varying values in the order of the text. False when there are too many.
bool PredictedHeader::collect(std::string_view text, const Header& header) noexcept {
  varying_count_ = 0;
  const auto offset_of = [&](FieldId field) {
    return static_cast<std::uint32_t>(header.fields[field].ptr - text.data());
  };
  for (std::uint64_t bits = header.present & kVaryingFields; bits != 0; bits &= bits - 1) {
    if (varying_count_ == kVaryingMax) return false;
    varying_[varying_count_++].field = static_cast<FieldId>(__builtin_ctzll(bits));
  }
  std::sort(varying_, varying_ + varying_count_, [&](const Varying& left, const Varying& right) {
    return offset_of(left.field) < offset_of(right.field);
  });
  tail_begin_ = 0;
  for (unsigned i = 0; i < varying_count_; ++i) {
    Varying& varying = varying_[i];
    varying.text_begin = tail_begin_;
    varying.text_end = offset_of(varying.field);
    varying.is_quoted = text[varying.text_end - 1] == '"';
    tail_begin_ = varying.text_end + static_cast<std::uint32_t>(header.fields[varying.field].len);
  }
  return true;
}

}  // namespace amps::wire

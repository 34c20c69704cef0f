// SPDX-License-Identifier: Apache-2.0
#include "broker/format/msgpack_reader.h"

#include <cstring>

namespace amps::broker {

namespace {

// Fills the bits above the sign.
std::int64_t sign_extended(std::uint64_t number, std::size_t size) noexcept {
  const std::uint64_t sign = std::uint64_t{1} << (8 * size - 1);
  return static_cast<std::int64_t>((number ^ sign) - sign);
}

}  // namespace

bool MsgpackReader::take(std::size_t size, std::uint64_t* number) noexcept {
  if (text_.size() - at_ < size) return false;
  *number = 0;
  for (std::size_t i = 0; i < size; ++i) *number = *number << 8 | static_cast<unsigned char>(text_[at_++]);
  return true;
}

MsgpackReader::Item MsgpackReader::scalar(std::size_t begin, const Value& value) const noexcept {
  return {Kind::kScalar, value, 0, text_.substr(begin, at_ - begin)};
}

MsgpackReader::Item MsgpackReader::bytes(std::size_t begin, std::uint64_t size) noexcept {
  if (text_.size() - at_ < size) return {};
  const std::string_view content = text_.substr(at_, static_cast<std::size_t>(size));
  at_ += content.size();
  return scalar(begin, Value::string(content));
}

MsgpackReader::Item MsgpackReader::sized(std::size_t begin, std::size_t length_size,
                                         bool is_extension) noexcept {
  std::uint64_t size = 0;
  std::uint64_t type = 0;
  if (!take(length_size, &size) || (is_extension && !take(1, &type))) return {};
  return bytes(begin, size);
}

MsgpackReader::Item MsgpackReader::container(Kind kind, std::size_t count_size) noexcept {
  std::uint64_t count = 0;
  if (!take(count_size, &count)) return {};
  return {kind, {}, static_cast<std::uint32_t>(count), {}};
}

// 0xca to 0xd3: floats, unsigned and signed integers.
MsgpackReader::Item MsgpackReader::number(std::size_t begin, unsigned char code) noexcept {
  const bool is_float = code <= 0xcb;
  const std::size_t size = is_float ? std::size_t{4} << (code - 0xca) : std::size_t{1} << ((code - 0xcc) % 4);
  std::uint64_t bits = 0;
  if (!take(size, &bits)) return {};
  if (code >= 0xd0) return scalar(begin, Value::integer(sign_extended(bits, size)));
  if (!is_float) return scalar(begin, Value::unsigned_integer(bits));
  double value = 0;
  if (size == 8) {
    std::memcpy(&value, &bits, sizeof value);
  } else {
    const auto narrow_bits = static_cast<std::uint32_t>(bits);
    float narrow = 0;
    std::memcpy(&narrow, &narrow_bits, sizeof narrow);
    value = static_cast<double>(narrow);
  }
  return scalar(begin, Value::floating(value));
}

// flat: one case for each family of codes.
MsgpackReader::Item MsgpackReader::next() noexcept {
  const std::size_t begin = at_;
  std::uint64_t first = 0;
  if (!take(1, &first)) return {};
  const auto code = static_cast<unsigned char>(first);
  if (code < 0x80) return scalar(begin, Value::integer(code));
  if (code < 0x90) return {Kind::kMap, {}, code & 0x0fu, {}};
  if (code < 0xa0) return {Kind::kArray, {}, code & 0x0fu, {}};
  if (code < 0xc0) return bytes(begin, code & 0x1fu);
  if (code >= 0xe0) return scalar(begin, Value::integer(static_cast<signed char>(code)));
  if (code >= 0xca && code <= 0xd3) return number(begin, code);
  switch (code) {
    case 0xc0:
      return scalar(begin, Value());
    case 0xc2:
    case 0xc3:
      return scalar(begin, Value::boolean(code == 0xc3));
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return sized(begin, std::size_t{1} << (code - 0xc4), false);
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return sized(begin, std::size_t{1} << (code - 0xc7), true);
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8: {
      std::uint64_t type = 0;
      return take(1, &type) ? bytes(begin, std::uint64_t{1} << (code - 0xd4)) : Item{};
    }
    case 0xd9:
    case 0xda:
    case 0xdb:
      return sized(begin, std::size_t{1} << (code - 0xd9), false);
    case 0xdc:
    case 0xdd:
      return container(Kind::kArray, code == 0xdc ? 2 : 4);
    case 0xde:
    case 0xdf:
      return container(Kind::kMap, code == 0xde ? 2 : 4);
    default:
      return {};  // 0xc1 is never used.
  }
}

bool MsgpackReader::skip() noexcept {
  // Each item takes a byte at least, so a count that lies meets the end.
  for (std::uint64_t left = 1; left != 0; --left) {
    const Item item = next();
    if (item.kind == Kind::kMalformed) return false;
    if (item.kind == Kind::kArray) left += item.count;
    if (item.kind == Kind::kMap) left += std::uint64_t{2} * item.count;
  }
  return true;
}

}  // namespace amps::broker

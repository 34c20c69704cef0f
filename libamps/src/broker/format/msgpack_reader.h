// SPDX-License-Identifier: Apache-2.0
// Cuts a MessagePack text into its items: https://github.com/msgpack/msgpack/blob/master/spec.md.
// Threads: one at a time. Views are of the text. Trusts no length: nothing is allocated for one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/expression/value.h"

namespace amps::broker {

class MsgpackReader {
 public:
  enum class Kind : std::uint8_t { kScalar, kArray, kMap, kMalformed };
  struct Item {
    Kind kind = Kind::kMalformed;
    Value value;              // Of a scalar: NULL, boolean, number; text, binary and extensions as bytes.
    std::uint32_t count = 0;  // Of the elements, or of pairs, that follow.
    std::string_view raw;     // A scalar as it was written.
  };

  explicit MsgpackReader(std::string_view text) noexcept : text_(text) {}
  bool at_end() const noexcept { return at_ == text_.size(); }
  std::size_t offset() const noexcept { return at_; }
  Item next() noexcept;
  // Moves behind an item with all it contains. False: it is malformed.
  bool skip() noexcept;

 private:
  // Takes a number of `size` bytes, most significant first. False: the text ends before.
  bool take(std::size_t size, std::uint64_t* number) noexcept;
  Item bytes(std::size_t begin, std::uint64_t size) noexcept;
  Item sized(std::size_t begin, std::size_t length_size, bool is_extension) noexcept;
  Item container(Kind kind, std::size_t count_size) noexcept;
  Item number(std::size_t begin, unsigned char code) noexcept;
  Item scalar(std::size_t begin, const Value& value) const noexcept;

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// What identifies a message of the transaction log, and its text (broker 10.2).
// Threads: values; a BookmarkText is used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/decimal.h"

namespace amps::broker {

// Written `publisher|sequence|`. Zero publisher: none.
struct BookmarkId {
  std::uint64_t publisher = 0;
  std::uint64_t sequence = 0;

  explicit operator bool() const noexcept { return publisher != 0; }
  friend bool operator==(const BookmarkId& left, const BookmarkId& right) noexcept {
    return left.publisher == right.publisher && left.sequence == right.sequence;
  }
};

// Makes the text once for a message, however many receive it.
class BookmarkText {
 public:
  BookmarkText() noexcept = default;
  explicit BookmarkText(const BookmarkId& id) noexcept { static_cast<void>(of(id)); }

  // Dies at the next call. Empty: there is none.
  std::string_view of(const BookmarkId& id) noexcept {
    if (!(id == id_)) format(id);
    return view();
  }
  std::string_view view() const noexcept { return {text_, size_}; }

 private:
  void format(const BookmarkId& id) noexcept {
    id_ = id;
    size_ = 0;
    if (!id) return;
    size_ = format_decimal(text_, id.publisher);
    text_[size_++] = '|';
    size_ += format_decimal(text_ + size_, id.sequence);
    text_[size_++] = '|';
  }

  BookmarkId id_;
  char text_[2 * kDecimalBytesMax + 2] = {};
  std::size_t size_ = 0;
};

}  // namespace amps::broker

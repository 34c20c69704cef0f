// SPDX-License-Identifier: Apache-2.0
// Bookmark texts (protocol 6.1, 6.3): one element, a comma list, or a range of two lists.
// Threads: functions of their arguments. Views point into the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace amps::wire {

enum class BookmarkKind {
  kEpoch,      // "0": from the start of the log.
  kNow,        // "0|1|" or "0|1": only what comes from now on.
  kMessage,    // publisher|sequence|
  kTimestamp,  // See wire/timestamp.h.
  kOpaque,     // Anything else: somebody's position, given back as it came.
};

struct Bookmark {
  BookmarkKind kind = BookmarkKind::kOpaque;
  std::uint64_t publisher = 0;  // kMessage.
  std::uint64_t sequence = 0;   // kMessage.
  std::uint64_t utc_us = 0;     // kTimestamp.
};

struct BookmarkRange {
  std::string_view from;  // A list each.
  std::string_view to;
  bool includes_from = false;
  bool includes_to = false;
};

// What one element is. Surrounding white space does not matter.
Bookmark parse_bookmark(std::string_view element) noexcept;
// True when the text begins as a range does, well formed or not.
bool is_bookmark_range(std::string_view text) noexcept;
// Nothing unless both brackets are there, one colon between them, and a valid list on each side of it.
std::optional<BookmarkRange> parse_bookmark_range(std::string_view text) noexcept;
// What a broker accepts as start of a replay: a valid range, or a list of at most kBookmarkCountMax elements
// each of which is known, or opaque but made of two or three numbers and bars, as other servers write them.
bool is_valid_bookmark(std::string_view text) noexcept;
// How many elements a list has: one more than commas. For limits, before looking at each.
std::size_t count_bookmarks(std::string_view list) noexcept;

}  // namespace amps::wire

// SPDX-License-Identifier: Apache-2.0
#include "wire/bookmark.h"

#include <algorithm>

#include "base/decimal.h"
#include "base/limits.h"
#include "wire/timestamp.h"

namespace amps::wire {
namespace {

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// publisher|sequence| with both numbers within 64 bits; a publisher is never 0.
bool parse_message(std::string_view element, Bookmark* out) noexcept {
  const std::size_t bar = element.find('|');
  if (bar == std::string_view::npos || element.size() < bar + 3 || element.back() != '|') return false;
  const auto publisher = parse_decimal(element.substr(0, bar));
  const auto sequence = parse_decimal(element.substr(bar + 1, element.size() - bar - 2));
  if (!publisher || !sequence || *publisher == 0) return false;
  out->publisher = *publisher;
  out->sequence = *sequence;
  return true;
}

// Two or three numbers with bars between them; a bar may end them.
bool is_numeric_position(std::string_view element) noexcept {
  if (!element.empty() && element.back() == '|') element.remove_suffix(1);
  for (std::size_t count = 1;; ++count) {
    const std::size_t bar = element.find('|');
    const std::string_view number = element.substr(0, bar);
    const bool is_number = !number.empty() && number.size() <= kDecimalBytesMax &&
                           number.find_first_not_of("0123456789") == std::string_view::npos;
    if (!is_number) return false;
    if (bar == std::string_view::npos) return count == 2 || count == 3;
    element.remove_prefix(bar + 1);
  }
}

bool is_valid_list(std::string_view list) noexcept {
  for (std::size_t count = 1; count <= kBookmarkCountMax; ++count) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trim(list.substr(0, comma));
    if (parse_bookmark(element).kind == BookmarkKind::kOpaque && !is_numeric_position(element)) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

Bookmark parse_bookmark(std::string_view element) noexcept {
  element = trim(element);
  Bookmark bookmark;
  if (element == "0") {
    bookmark.kind = BookmarkKind::kEpoch;
  } else if (element == "0|1|" || element == "0|1") {
    bookmark.kind = BookmarkKind::kNow;
  } else if (parse_message(element, &bookmark)) {
    bookmark.kind = BookmarkKind::kMessage;
  } else if (const auto utc_us = parse_timestamp_us(element)) {
    bookmark.kind = BookmarkKind::kTimestamp;
    bookmark.utc_us = *utc_us;
  }
  return bookmark;
}

bool is_bookmark_range(std::string_view text) noexcept {
  text = trim(text);
  return !text.empty() && (text.front() == '[' || text.front() == '(');
}

std::optional<BookmarkRange> parse_bookmark_range(std::string_view text) noexcept {
  text = trim(text);
  if (!is_bookmark_range(text) || text.size() < 2) return std::nullopt;
  const char last = text.back();
  if (last != ']' && last != ')') return std::nullopt;
  BookmarkRange range;
  range.includes_from = text.front() == '[';
  range.includes_to = last == ']';
  const std::string_view inner = text.substr(1, text.size() - 2);
  const std::size_t colon = inner.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  range.from = trim(inner.substr(0, colon));
  range.to = trim(inner.substr(colon + 1));
  if (!is_valid_list(range.from) || !is_valid_list(range.to)) return std::nullopt;
  return range;
}

bool is_valid_bookmark(std::string_view text) noexcept {
  return is_bookmark_range(text) ? parse_bookmark_range(text).has_value() : is_valid_list(text);
}

std::size_t count_bookmarks(std::string_view list) noexcept {
  return static_cast<std::size_t>(std::count(list.begin(), list.end(), ',')) + 1;
}

}  // namespace amps::wire

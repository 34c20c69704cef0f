// SPDX-License-Identifier: Apache-2.0
#include "broker/bookmark.h"

#include <cstddef>

namespace amps::broker {

namespace {

constexpr std::size_t kItemCountMax = 10'000;

bool is_digits(std::string_view text, std::size_t size_max) noexcept {
  if (text.empty() || text.size() > size_max) return false;
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// YYYYMMDDTHHMMSS[.fraction][Z]
bool is_timestamp(std::string_view text) noexcept {
  if (text.size() < 15 || !is_digits(text.substr(0, 8), 8) || text[8] != 'T') return false;
  if (!is_digits(text.substr(9, 6), 6)) return false;
  text.remove_prefix(15);
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  return text.empty() || (text.front() == '.' && is_digits(text.substr(1), 9));
}

// publisher|sequence| and the three-part form of older servers; the last bar may be missing.
bool is_message(std::string_view text) noexcept {
  if (!text.empty() && text.back() == '|') text.remove_suffix(1);
  std::size_t parts = 0;
  for (;;) {
    const std::size_t bar = text.find('|');
    if (!is_digits(text.substr(0, bar), 20)) return false;
    ++parts;
    if (bar == std::string_view::npos) break;
    text.remove_prefix(bar + 1);
  }
  return parts == 2 || parts == 3;
}

bool is_now(std::string_view text) noexcept {
  return text == "0|1|" || text == "0|1";
}

BookmarkStart parse_list(std::string_view text) noexcept {
  if (is_now(trimmed(text))) return BookmarkStart::kNow;
  for (std::size_t count = 0;; ++count) {
    const std::size_t comma = text.find(',');
    const std::string_view item = trimmed(text.substr(0, comma));
    // A trailing comma is what a list of bookmarks, each ending in a bar, is often written with.
    if (item.empty() && comma == std::string_view::npos && count != 0) return BookmarkStart::kReplay;
    if (count >= kItemCountMax) return BookmarkStart::kMalformed;
    if (item != "0" && !is_timestamp(item) && !is_message(item)) return BookmarkStart::kMalformed;
    if (comma == std::string_view::npos) return BookmarkStart::kReplay;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

BookmarkStart parse_bookmark(std::string_view text) noexcept {
  text = trimmed(text);
  if (text.empty()) return BookmarkStart::kMalformed;
  if (text.front() != '[' && text.front() != '(') return parse_list(text);
  if (text.size() < 2 || (text.back() != ']' && text.back() != ')')) return BookmarkStart::kMalformed;
  text = text.substr(1, text.size() - 2);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return BookmarkStart::kMalformed;
  const bool well_formed = parse_list(text.substr(0, colon)) != BookmarkStart::kMalformed &&
                           parse_list(text.substr(colon + 1)) != BookmarkStart::kMalformed;
  return well_formed ? BookmarkStart::kReplay : BookmarkStart::kMalformed;
}

}  // namespace amps::broker

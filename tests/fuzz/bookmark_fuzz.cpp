// SPDX-License-Identifier: Apache-2.0
// A bookmark has one meaning, and numbers and times in it are those that were written.
#include <string>

#include "oracle.h"
#include "wire/bookmark.h"
#include "wire/options.h"
#include "wire/timestamp.h"

using namespace amps::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = view_of_input(data, size);
  const Bookmark bookmark = parse_bookmark(text);
  if (bookmark.kind == BookmarkKind::kMessage) {
    const std::string written =
        std::to_string(bookmark.publisher) + "|" + std::to_string(bookmark.sequence) + "|";
    const Bookmark again = parse_bookmark(written);
    ORACLE(again.kind == BookmarkKind::kMessage);
    ORACLE(again.publisher == bookmark.publisher && again.sequence == bookmark.sequence);
  }
  if (bookmark.kind == BookmarkKind::kTimestamp) {
    char written[kTimestampBytes];
    format_timestamp(written, bookmark.utc_us);
    ORACLE(parse_timestamp_us({written, sizeof written}) == bookmark.utc_us);
  }
  if (bookmark.kind != BookmarkKind::kOpaque) ORACLE(is_valid_bookmark(text));
  if (const auto range = parse_bookmark_range(text)) {
    ORACLE(is_bookmark_range(text) && is_valid_bookmark(text));
    ORACLE(is_part_of(range->from, text) && is_part_of(range->to, text));
    ORACLE(is_valid_bookmark(range->from) && is_valid_bookmark(range->to));
    ORACLE(!is_bookmark_range(range->from) && !is_bookmark_range(range->to));
  } else if (is_valid_bookmark(text)) {
    std::size_t count = 0;
    for_each_id(text, [&](std::string_view) { ++count; });
    ORACLE(count == count_bookmarks(text));
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/replay/bounds.h"

#include <algorithm>
#include <string>

#include "wire/bookmark.h"

namespace amps::broker {
namespace {

using wire::Bookmark;
using wire::BookmarkKind;

template <typename Visit>
Status for_each_bookmark(std::string_view list, Visit visit) {
  for (;;) {
    const std::size_t comma = list.find(',');
    AMPS_RETURN_IF_ERROR(visit(wire::parse_bookmark(list.substr(0, comma))));
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

// Where a bookmark divides the log: in front of what it names, or behind it. One that is not in the log
// divides nothing.
struct Division {
  std::optional<LogPosition> place;
  std::optional<std::uint64_t> last_us;  // The log has not come to this time, the last one in front.
  bool is_now = false;
};

Status divide(const Bookmark& bookmark, bool behind, const LogEnd& now, Journal* journal, Division* out) {
  switch (bookmark.kind) {
    case BookmarkKind::kEpoch:
      out->place = journal->begin();
      break;
    case BookmarkKind::kNow:
      out->is_now = true;
      break;
    case BookmarkKind::kMessage: {
      std::optional<RecordPlace> found;
      AMPS_RETURN_IF_ERROR(journal->find({bookmark.publisher, bookmark.sequence}, &found));
      if (found) out->place = behind ? found->end : found->begin;
      break;
    }
    case BookmarkKind::kTimestamp: {
      const std::uint64_t last_us = behind || bookmark.utc_us == 0 ? bookmark.utc_us : bookmark.utc_us - 1;
      LogPosition found;
      AMPS_RETURN_IF_ERROR(journal->find_after_time(last_us, &found));
      if (found < now.position) {
        out->place = found;
      } else {
        out->last_us = last_us;
      }
      break;
    }
    case BookmarkKind::kOpaque:
      break;
  }
  return {};
}

// Before the last message of the log.
Status find_last(const LogEnd& now, Journal* journal, LogPosition* out) {
  *out = now.position;
  if (!now.bookmark) return {};
  std::optional<RecordPlace> found;
  AMPS_RETURN_IF_ERROR(journal->find(now.bookmark, &found));
  if (found) *out = found->begin;
  return {};
}

Status not_in_log(std::string_view list) {
  return Status(AMPS_E_INVALID_BOOKMARK, "not in the log: " + std::string(list), "bookmark not found");
}

// From the earliest place of the list.
Status resolve_beginning(std::string_view list, bool is_range, bool includes, NotFound not_found,
                         const LogEnd& now, Journal* journal, ReplayBounds* out) {
  std::optional<LogPosition> earliest;
  std::uint64_t future_us = UINT64_MAX;
  bool says_now = false;
  AMPS_RETURN_IF_ERROR(for_each_bookmark(list, [&](const Bookmark& bookmark) -> Status {
    Division division;
    AMPS_RETURN_IF_ERROR(divide(bookmark, !includes, now, journal, &division));
    if (division.place) earliest = earliest ? std::min(*earliest, *division.place) : division.place;
    if (division.last_us) future_us = std::min(future_us, *division.last_us + 1);
    says_now |= division.is_now;
    return {};
  }));
  out->from = earliest.value_or(now.position);
  if (earliest) return {};
  if (future_us != UINT64_MAX) {
    // Only a range begins at a time that has not come; otherwise that is now.
    if (is_range) out->from_us = future_us;
    return {};
  }
  if (says_now) return includes ? find_last(now, journal, &out->from) : Status();
  if (not_found == NotFound::kFail) return not_in_log(list);
  if (not_found == NotFound::kEpoch) out->from = journal->begin();
  return {};
}

// To the latest place of the list; a time that has not come is later than all places.
Status resolve_end(std::string_view list, bool includes, const LogEnd& now, Journal* journal,
                   ReplayBounds* out) {
  std::optional<LogPosition> latest;
  std::optional<std::uint64_t> future_us;
  AMPS_RETURN_IF_ERROR(for_each_bookmark(list, [&](const Bookmark& bookmark) -> Status {
    Division division;
    AMPS_RETURN_IF_ERROR(divide(bookmark, includes, now, journal, &division));
    if (division.is_now) division.place = now.position;
    if (division.place) latest = latest ? std::max(*latest, *division.place) : division.place;
    if (division.last_us) future_us = std::max(future_us.value_or(0), *division.last_us);
    return {};
  }));
  if (!latest && !future_us) return not_in_log(list);
  if (future_us) {
    out->to_us = *future_us;
  } else {
    out->to = latest;
  }
  return {};
}

}  // namespace

Status ReplayBounds::resolve(std::string_view text, NotFound not_found, const LogEnd& now, Journal* journal,
                             ReplayBounds* out) {
  *out = {};
  if (!wire::is_valid_bookmark(text)) return Status(AMPS_E_INVALID_BOOKMARK, std::string(text));
  if (!wire::is_bookmark_range(text)) {
    return resolve_beginning(text, false, false, not_found, now, journal, out);
  }
  const auto range = wire::parse_bookmark_range(text);
  AMPS_RETURN_IF_ERROR(
      resolve_beginning(range->from, true, range->includes_from, not_found, now, journal, out));
  return resolve_end(range->to, range->includes_to, now, journal, out);
}

}  // namespace amps::broker

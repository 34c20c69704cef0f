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

// The earliest place of a list. A list that only says NOW, or nothing that is known, has none.
class Beginning {
 public:
  Beginning(Journal* journal, const LogEnd& now, bool includes) noexcept
      : journal_(*journal), now_(now), includes_(includes) {}

  Status add(const Bookmark& bookmark) {
    switch (bookmark.kind) {
      case BookmarkKind::kEpoch:
        take(journal_.begin());
        return {};
      case BookmarkKind::kNow:
        says_now = true;
        return {};
      case BookmarkKind::kMessage:
        return add_message({bookmark.publisher, bookmark.sequence});
      case BookmarkKind::kTimestamp:
        return add_time(bookmark.utc_us);
      case BookmarkKind::kOpaque:
        return {};
    }
    return {};
  }

  std::optional<LogPosition> place;
  std::uint64_t future_us = UINT64_MAX;  // The earliest time nothing in the log is later than.
  bool says_now = false;

 private:
  void take(LogPosition found) { place = place ? std::min(*place, found) : found; }

  Status add_message(const BookmarkId& id) {
    std::optional<RecordPlace> found;
    AMPS_RETURN_IF_ERROR(journal_.find(id, &found));
    if (found) take(includes_ ? found->begin : found->end);
    return {};
  }

  Status add_time(std::uint64_t utc_us) {
    LogPosition found;
    AMPS_RETURN_IF_ERROR(journal_.find_after_time(includes_ && utc_us != 0 ? utc_us - 1 : utc_us, &found));
    if (found < now_.position) {
      take(found);
    } else {
      future_us = std::min(future_us, includes_ ? utc_us : utc_us + 1);
    }
    return {};
  }

  Journal& journal_;
  const LogEnd& now_;
  const bool includes_;
};

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

Status resolve_beginning(std::string_view list, bool is_range, bool includes, NotFound not_found,
                         const LogEnd& now, Journal* journal, ReplayBounds* out) {
  Beginning beginning(journal, now, includes);
  AMPS_RETURN_IF_ERROR(
      for_each_bookmark(list, [&](const Bookmark& bookmark) { return beginning.add(bookmark); }));
  if (beginning.place) {
    out->from = *beginning.place;
    return {};
  }
  out->from = now.position;
  if (beginning.future_us != UINT64_MAX) {
    // Only a range begins at a time that has not come; otherwise that is now.
    if (is_range) out->from_us = beginning.future_us;
    return {};
  }
  if (beginning.says_now) return includes ? find_last(now, journal, &out->from) : Status();
  if (not_found == NotFound::kFail) return not_in_log(list);
  if (not_found == NotFound::kEpoch) out->from = journal->begin();
  return {};
}

// The latest place of a list. What is not in the log has none.
class Ending {
 public:
  Ending(Journal* journal, const LogEnd& now, bool includes) noexcept
      : journal_(*journal), now_(now), includes_(includes) {}

  Status add(const Bookmark& bookmark) {
    switch (bookmark.kind) {
      case BookmarkKind::kEpoch:
        take(journal_.begin());
        return {};
      case BookmarkKind::kNow:
        take(now_.position);
        return {};
      case BookmarkKind::kMessage:
        return add_message({bookmark.publisher, bookmark.sequence});
      case BookmarkKind::kTimestamp:
        return add_time(bookmark.utc_us);
      case BookmarkKind::kOpaque:
        return {};
    }
    return {};
  }

  std::optional<LogPosition> place;
  // A time that has not come is later than all places.
  bool is_in_future = false;
  std::uint64_t future_us = 0;

 private:
  void take(LogPosition found) { place = place ? std::max(*place, found) : found; }

  Status add_message(const BookmarkId& id) {
    std::optional<RecordPlace> found;
    AMPS_RETURN_IF_ERROR(journal_.find(id, &found));
    if (found) take(includes_ ? found->end : found->begin);
    return {};
  }

  Status add_time(std::uint64_t utc_us) {
    const std::uint64_t last_us = includes_ || utc_us == 0 ? utc_us : utc_us - 1;
    LogPosition found;
    AMPS_RETURN_IF_ERROR(journal_.find_after_time(last_us, &found));
    if (found < now_.position) {
      take(found);
    } else {
      is_in_future = true;
      future_us = std::max(future_us, last_us);
    }
    return {};
  }

  Journal& journal_;
  const LogEnd& now_;
  const bool includes_;
};

Status resolve_end(std::string_view list, bool includes, const LogEnd& now, Journal* journal,
                   ReplayBounds* out) {
  Ending ending(journal, now, includes);
  AMPS_RETURN_IF_ERROR(
      for_each_bookmark(list, [&](const Bookmark& bookmark) { return ending.add(bookmark); }));
  if (ending.is_in_future) {
    out->to_us = ending.future_us;
  } else if (ending.place) {
    out->to = ending.place;
  } else {
    return not_in_log(list);
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

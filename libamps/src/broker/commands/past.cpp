// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/past.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker/commands/feed.h"
#include "broker/commands/replay.h"
#include "wire/bookmark.h"

namespace amps::broker {

namespace {

bool keeps_history(const Session& session, const QueryTopic& topic) {
  TopicSpace* const space = session.space();
  MutexLock lock(space->mutex());
  const std::vector<Topic*>& declared = space->declared_topics();
  return std::any_of(declared.begin(), declared.end(), [&](const Topic* one) {
    return one->store->history() != nullptr &&
           (topic.pattern != nullptr ? topic.pattern->matches(one->name) == PatternMatch::kYes
                                     : one->name == topic.name);
  });
}

// After everything before that place of the log, which is no later than `end`.
Status moment_at(LogPosition place, const LogEnd& end, Journal* journal, Moment* out) {
  const std::unique_ptr<LogReader> reader = journal->make_reader();
  reader->seek(place);
  bool found = false;
  JournalRecord record;
  AMPS_RETURN_IF_ERROR(reader->next(end.position, &found, &record));
  out->txid = found ? record.txid - 1 : end.txid;
  return {};
}

// Where the bookmarks, of which the earliest counts, divide the log.
Status find_moment(std::string_view text, Journal* journal, Moment* out) {
  if (journal == nullptr) {
    return Status(AMPS_E_INVALID_BOOKMARK, "there is no transaction log", "bookmark not found");
  }
  const LogEnd end = journal->appended_end();
  ReplayBounds bounds;
  AMPS_RETURN_IF_ERROR(ReplayBounds::resolve(text, NotFound::kFail, end, journal, &bounds));
  return moment_at(bounds.from, end, journal, out);
}

}  // namespace

Status read_moment(const Session& session, const Command& command, const QueryTopic& topic,
                   std::optional<Moment>* out) {
  if (!command.header->has(AMPS_Bookmark) || !keeps_history(session, topic)) return {};
  const std::string_view text = command.header->get(AMPS_Bookmark);
  if (!wire::is_valid_bookmark(text) || wire::is_bookmark_range(text)) {
    return Status(AMPS_E_INVALID_BOOKMARK, std::string(text));
  }
  if (wire::count_bookmarks(text) == 1) {
    const wire::Bookmark bookmark = wire::parse_bookmark(text);
    if (bookmark.kind == wire::BookmarkKind::kNow) return {};
    if (bookmark.kind == wire::BookmarkKind::kEpoch) {
      *out = Moment{0, 0};
      return {};
    }
    // Topics that are not logged have times too.
    if (bookmark.kind == wire::BookmarkKind::kTimestamp) {
      *out = Moment{bookmark.utc_us, UINT64_MAX};
      return {};
    }
  }
  return find_moment(text, session.services().journal, &out->emplace());
}

bool begins_in_past(const Session& session, const Command& command, const Subscription& subscription) {
  const wire::Header& header = *command.header;
  if ((header.command & kSubscribesWithQuery) == 0 || !header.has(AMPS_Bookmark)) return false;
  if (wire::parse_bookmark(header.get(AMPS_Bookmark)).kind == wire::BookmarkKind::kNow) return false;
  return keeps_history(session, {subscription.topic, subscription.pattern.get()});
}

Status make_past(Session& session, const Command& command, const CommandOptions& options,
                 Subscription* subscription, Query query, std::unique_ptr<QueryResult>* result,
                 ReplayStart* replay) {
  const auto refused = [](const char* why) { return Status(AMPS_E_INVALID_OPTIONS, why); };
  if (subscription->pattern != nullptr) return refused("what a topic was needs a literal topic");
  if (is_aggregated(options) || is_paged(command, options)) {
    return refused("pages and aggregates of the past are not followed");
  }
  if (session.find_subscription(subscription->id) != nullptr) {
    return refused("a subscription that begins in the past does not replace another");
  }
  AMPS_RETURN_IF_ERROR(make_replay(session, command, options, subscription, replay));
  Journal* const journal = session.services().journal;
  Moment moment;
  AMPS_RETURN_IF_ERROR(moment_at(replay->plan.bounds.from, replay->member.end_at_start, journal, &moment));
  bool is_known = false;
  {
    TopicSpace& space = *session.space();
    MutexLock lock(space.mutex());
    space.begin_block(session.host()->now_ms());
    const History& history = *space.find(subscription->topic)->store->history();
    moment = history.latest_exact(moment);
    is_known = history.knows(moment, space.now_us());
    query.moment = moment;
    static_cast<void>(open_query(space, {subscription->topic}, std::move(query), result));
  }
  // What is not known to begin with is in the log from its beginning on.
  if (!is_known) {
    replay->plan.bounds.from = journal->begin();
  } else if (moment.utc_us != UINT64_MAX) {
    return journal->find_after_time(moment.utc_us, &replay->plan.bounds.from);
  }
  return {};
}

}  // namespace amps::broker

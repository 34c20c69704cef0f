// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/replay.h"

#include <string>
#include <utility>
#include <vector>

#include "broker/commands/query.h"
#include "broker/queue/queue_topic.h"
#include "wire/bookmark.h"
#include "wire/options.h"

namespace amps::broker {
namespace {

Status invalid(const char* why) {
  return Status(AMPS_E_INVALID_OPTIONS, why);
}

Status check_options(const Command& command, const CommandOptions& options) {
  const wire::Header& header = *command.header;
  const bool with_query = (header.command & kSubscribesWithQuery) != 0;
  if (!with_query && (header.command & AMPS_COMMAND_Subscribe) == 0)
    return invalid("only subscribe is replayed");
  if (options.live && (options.rate || options.pause)) return invalid("live goes without rate and pause");
  if (options.live && options.fully_durable) return invalid("live and fully_durable exclude each other");
  if (options.rate_max_gap && !options.rate) return invalid("rate_max_gap needs a rate");
  if (with_query) return {};  // The limits are those of the query.
  if (header.has(AMPS_SkipN)) return invalid("skip_n needs a query");
  if (!header.has(AMPS_TopN)) return {};
  const wire::BookmarkKind kind = wire::parse_bookmark(header.get(AMPS_Bookmark)).kind;
  const bool has_start = kind != wire::BookmarkKind::kEpoch && kind != wire::BookmarkKind::kNow;
  if (!header.has(AMPS_Bookmark) || !has_start) return invalid("top_n needs a bookmark to start from");
  const auto count = header.number(AMPS_TopN);
  return count && *count != 0 ? Status() : invalid("top_n is not a number above 0");
}

// A queue is replayed as what it is fed from: without leases, and nothing is settled (broker 9.10). Who may
// not read all of that sees what of it goes into the queue.
Status name_underlying_topic(const Session& session, Subscription* subscription) {
  if (subscription->pattern != nullptr) return {};
  TopicSpace* const space = session.space();
  std::string underlying;
  std::string queue_filter;
  {
    MutexLock lock(space->mutex());
    space->for_each_queue(subscription->topic, nullptr, [&](const QueueTopic* queue) {
      underlying = queue->configuration().underlying_topic;
      queue_filter = queue->configuration().filter;
    });
  }
  if (underlying.empty()) return {};
  subscription->topic = underlying;
  subscription->rights.reset();  // The right to the queue is the one that counts, and in the filter.
  const Grant* const grant = session.read_grant(underlying);
  const bool is_limited = grant != nullptr && (!grant->is_given || grant->filter != nullptr);
  if (is_limited && !queue_filter.empty()) {
    Grant into_queue;
    into_queue.is_given = true;
    into_queue.filter_text = queue_filter;
    const FilterOptions of_filters{&session.services().instance, subscription->out_of_focus};
    AMPS_RETURN_IF_ERROR(Filter::compile(queue_filter, space->format(), of_filters, &into_queue.filter));
    EffectiveFilter joined;
    AMPS_RETURN_IF_ERROR(EffectiveFilter::make(&into_queue, subscription->effective_text, space->format(),
                                               of_filters, &joined));
    subscription->effective_text = std::move(joined.text);
    subscription->filter = std::move(joined.filter);
  }
  return wire::is_topic_pattern(underlying) ? TopicPattern::compile(underlying, &subscription->pattern)
                                            : Status();
}

// Patterns get what is logged of their topics; a name has to be.
Status check_topic(const Session& session, const Subscription& subscription) {
  if (session.services().journal == nullptr) {
    return Status(AMPS_E_INVALID_TOPIC, "there is no transaction log");
  }
  if (subscription.pattern != nullptr) return {};
  MutexLock lock(session.space()->mutex());
  if (session.space()->logs(subscription.topic)) return {};
  return Status(AMPS_E_INVALID_TOPIC, "topic is not in the transaction log");
}

NotFound not_found_of(const CommandOptions& options) noexcept {
  if (options.bookmark_not_found == "epoch") return NotFound::kEpoch;
  return options.bookmark_not_found == "fail" ? NotFound::kFail : NotFound::kNow;
}

Status find_all(Session& session, std::string_view ids, std::vector<Subscription*>* found, bool* missing) {
  *missing = false;
  Status status;
  wire::for_each_id(ids, [&](std::string_view id) {
    Subscription* const one = session.find_subscription(id);
    *missing = *missing || one == nullptr;
    if (one == nullptr) return;
    if (!one->is_replay) status = Status(AMPS_E_INVALID_OPTIONS, one->id + " is not read from the log");
    found->push_back(one);
  });
  return status;
}

}  // namespace

bool is_replay(Session& session, const Command& command, const CommandOptions& options) {
  if ((command.header->command & kSubscribesWithQuery) != 0) return false;
  if (command.header->has(AMPS_Bookmark)) return true;
  const Subscription* const old = session.find_subscription(subscription_id_of(command));
  return options.replace && old != nullptr && old->is_replay;
}

Status make_replay(Session& session, const Command& command, const CommandOptions& options,
                   Subscription* subscription, ReplayStart* out) {
  AMPS_RETURN_IF_ERROR(check_options(command, options));
  if (subscription->conflation != nullptr) return invalid("a replay is not conflated in this version");
  AMPS_RETURN_IF_ERROR(name_underlying_topic(session, subscription));
  AMPS_RETURN_IF_ERROR(check_topic(session, *subscription));
  if (options.rate) AMPS_RETURN_IF_ERROR(Rate::parse(*options.rate, options.rate_max_gap, &out->plan.rate));
  out->plan.live = options.live;
  out->is_paused = options.pause;
  out->member.command_id = command.id();
  const bool with_query = (command.header->command & kSubscribesWithQuery) != 0;
  out->member.owes_completed = !with_query && (command.acks & AMPS_ACK_Completed) != 0;
  out->member.wants_persisted = (command.acks & AMPS_ACK_Persisted) != 0;
  if (!with_query && command.header->has(AMPS_TopN))
    out->member.messages_left = command.header->number(AMPS_TopN);
  Journal* const journal = session.services().journal;
  out->member.end_at_start = journal->appended_end();
  if (session.find_subscription(subscription->id) != nullptr) return {};  // It goes on where that one is.
  return ReplayBounds::resolve(command.header->get(AMPS_Bookmark), not_found_of(options),
                               out->member.end_at_start, journal, &out->plan.bounds);
}

Status change_pace(Session& session, const Command& command, const CommandOptions& options, bool* done) {
  *done = false;
  if (!options.pause && !options.resume) return {};
  if (options.pause && options.resume) return invalid("pause and resume exclude each other");
  if ((command.header->command & AMPS_COMMAND_Subscribe) == 0) return invalid("only subscribe is paused");
  const std::string_view ids = subscription_id_of(command);
  std::vector<Subscription*> found;
  bool missing = false;
  AMPS_RETURN_IF_ERROR(find_all(session, ids, &found, &missing));
  const bool begins = options.pause && found.empty() && command.header->has(AMPS_Bookmark);
  if (begins || (options.replace && !missing)) return {};
  if (missing || found.empty()) return Status(AMPS_E_INVALID_SUBID, std::string(ids));
  if (options.pause) {
    for (const Subscription* one : found) session.replays().pause(one);
  } else {
    session.replays().resume({found.begin(), found.end()});
    session.outbox()->wake();
  }
  *done = true;
  return {};
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "broker/commands/commands.h"
#include "broker/queue/queue_topic.h"
#include "wire/bookmark.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::size_t kMessagesPerLock = 256;  // Then publishers get their turn.

// Which messages an acknowledgement is about, and what becomes of them (broker 9.6).
struct QueueAck {
  AckKind kind = AckKind::kAcknowledge;
  std::vector<BookmarkId> ids;
  std::unique_ptr<Filter> filter;  // Instead of ids.
};

Status read_kind(std::string_view list, AckKind* kind) {
  std::vector<wire::Option> options;
  AMPS_RETURN_IF_ERROR(wire::parse_options(list, &options));
  for (const wire::Option& option : options) {
    const bool cancel = wire::option_is(option, "cancel");
    if ((!cancel && !wire::option_is(option, "expire")) || option.has_value ||
        *kind != AckKind::kAcknowledge) {
      return Status(AMPS_E_INVALID_OPTIONS,
                    "an acknowledgement takes cancel or expire, not " + std::string(list));
    }
    *kind = cancel ? AckKind::kCancel : AckKind::kExpire;
  }
  return {};
}

// Bookmarks of other servers are well formed and name nothing here.
Status read_ids(std::string_view list, std::vector<BookmarkId>* ids) {
  Status status;
  wire::for_each_id(list, [&](std::string_view item) {
    const wire::Bookmark bookmark = wire::parse_bookmark(item);
    if (bookmark.kind == wire::BookmarkKind::kMessage) {
      ids->push_back({bookmark.publisher, bookmark.sequence});
    } else if (!wire::is_valid_bookmark(item)) {
      status = Status(AMPS_E_INVALID_BOOKMARK, std::string(item));
    }
  });
  return status;
}

Status read_ack(const Session& session, const Command& command, QueueAck* out) {
  const wire::Header& header = *command.header;
  AMPS_RETURN_IF_ERROR(read_kind(header.get(AMPS_Options), &out->kind));
  int selectors = 0;
  for (const FieldId field : {AMPS_Bookmark, AMPS_SowKeys, AMPS_SowKey, AMPS_Filter}) {
    if (header.has(field)) ++selectors;
  }
  if (selectors != 1 || !command.body.empty()) {
    return Status(AMPS_E_INVALID_OPTIONS, "exactly one of bookmark, keys and filter");
  }
  if (header.has(AMPS_Filter)) {
    if (out->kind != AckKind::kAcknowledge) {
      return Status(AMPS_E_INVALID_OPTIONS, "cancel and expire need bookmarks");
    }
    return Filter::compile(header.get(AMPS_Filter), session.space()->format(), {&session.services().instance},
                           &out->filter);
  }
  for (const FieldId field : {AMPS_Bookmark, AMPS_SowKeys, AMPS_SowKey}) {
    AMPS_RETURN_IF_ERROR(read_ids(header.get(field), &out->ids));
  }
  return {};
}

struct AckedQueue {
  QueueTopic* queue;
  const Filter* readable;  // None: every message. Lives as long as the session's rights.
};

// A filter says what to remove of queues, or of topics with records: whoever means both says so twice.
bool matches_records(TopicSpace& space, const TopicPattern* pattern) AMPS_REQUIRES(space.mutex()) {
  if (pattern == nullptr) return false;
  const auto& declared = space.declared_topics();
  return std::any_of(declared.begin(), declared.end(), [pattern](const Topic* topic) {
    return topic->store->records() != nullptr && !topic->store->is_derived() &&
           pattern->matches(topic->name) == PatternMatch::kYes;
  });
}

// None: the topic is no queue, and no pattern that matches one.
Status find_queues(const Session& session, const Command& command, std::vector<AckedQueue>* out) {
  TopicSpace& space = *session.space();
  MutexLock lock(space.mutex());
  if (!space.has_queues()) return {};
  std::unique_ptr<TopicPattern> pattern;
  const bool patterns = session.services().configuration.number(AMPS_BROKER_REGEX_TOPIC_SUPPORT) != 0;
  if (patterns && wire::is_topic_pattern(command.topic())) {
    AMPS_RETURN_IF_ERROR(TopicPattern::compile(std::string(command.topic()), &pattern));
  }
  bool is_denied = false;
  space.for_each_queue(command.topic(), pattern.get(), [&](QueueTopic* queue) {
    const Grant* const grant = session.read_grant(queue->name());
    if (grant != nullptr && !grant->is_given) {
      is_denied = true;
    } else {
      out->push_back({queue, grant == nullptr ? nullptr : grant->filter.get()});
    }
  });
  if (command.header->has(AMPS_Filter) && !out->empty() && matches_records(space, pattern.get())) {
    return Status(AMPS_E_INVALID_OPTIONS, "a pattern of both queues and topics with records");
  }
  if (is_denied && out->empty()) return Status(AMPS_E_NOT_ENTITLED, "no right to read the queue");
  return {};
}

struct AckResult {
  QueueTopic::AckCounts counts;
  SavedPoint saved_point;  // What a `persisted` has to wait for.
};

// One queue, a turn of messages at a time: publishers and consumers wait for no filter, however long the
// queue and its messages are.
class MatchingAck {
 public:
  MatchingAck(Session& session, const AckedQueue& acked, const Filter& filter)
      : session_(session), space_(*session.space()), acked_(acked), filter_(filter) {}

  Status run(QueueTopic::AckCounts* counts);

 private:
  void begin_block() AMPS_REQUIRES(space_.mutex()) { space_.begin_block(session_.host()->now_ms()); }
  Status choose(QueueTopic::AckCounts* counts);

  Session& session_;
  TopicSpace& space_;
  const AckedQueue& acked_;
  const Filter& filter_;
  FilterCost cost_;
  std::vector<QueueTopic::Sighting> seen_;
  std::vector<BookmarkId> matching_;
};

Status unwritten(const QueueTopic& queue) {
  return queue.has_unwritten() ? Status(AMPS_E_STORE, queue.name(), "transaction log full") : Status();
}

Status MatchingAck::run(QueueTopic::AckCounts* counts) {
  Status status;
  std::unique_ptr<QueueWalk> walk;
  do {
    {
      MutexLock lock(space_.mutex());
      begin_block();
      if (walk == nullptr) walk = acked_.queue->walk();
      acked_.queue->look(walk.get(), kMessagesPerLock, &seen_);
    }
    status = choose(counts);
    MutexLock lock(space_.mutex());
    begin_block();
    counts->settled += acked_.queue->acknowledge_seen(matching_, session_.outbox());
    space_.hand_out();
    if (status.ok()) status = unwritten(*acked_.queue);
    if (seen_.empty() || !status.ok()) walk.reset();
  } while (walk != nullptr);
  return status;
}

Status MatchingAck::choose(QueueTopic::AckCounts* counts) {
  matching_.clear();
  for (const QueueTopic::Sighting& message : seen_) {
    const MessageFacts facts = message.facts();
    const std::string_view body = message.record->body();
    if (acked_.readable != nullptr && !acked_.readable->matches(facts, body)) continue;
    ++counts->examined;
    if (cost_.measure([&] { return filter_.matches(facts, body); })) matching_.push_back(message.id);
    if (cost_.is_too_much()) return Status(AMPS_E_FILTER, "patterns of the filter take too long");
  }
  return {};
}

// Acknowledges what is named, in all the queues at once.
Status acknowledge_named(Session& session, const std::vector<AckedQueue>& queues, const QueueAck& ack,
                         QueueTopic::AckCounts* counts) {
  TopicSpace& space = *session.space();
  Status status;
  MutexLock lock(space.mutex());
  space.begin_block(session.host()->now_ms());
  for (const auto& [queue, readable] : queues) {
    const QueueTopic::AckCounts more = queue->acknowledge(ack.ids, ack.kind, session.outbox(), readable);
    counts->examined += more.examined;
    counts->settled += more.settled;
    if (status.ok()) status = unwritten(*queue);
  }
  space.hand_out();
  return status;
}

// A command that comes again by its number was carried out before.
Status take_number(Session& session, const Command& command, Publish* numbered, AckResult* out,
                   bool* is_duplicate) {
  const std::uint64_t sequence = command.header->number(AMPS_Sequence).value_or(0);
  numbered->topic = command.topic();
  numbered->publisher = &session.publisher();
  if (sequence == 0) return {};
  TopicSpace& space = *session.space();
  MutexLock lock(space.mutex());
  AMPS_RETURN_IF_ERROR(session.count(sequence, numbered));
  *is_duplicate = space.log().is_duplicate(*numbered, &out->saved_point.txid);
  return {};
}

// The number last, so that a command that was cut short is carried out when it comes again.
Status carry_out(Session& session, const Command& command, const std::vector<AckedQueue>& queues,
                 const QueueAck& ack, AckResult* out) {
  Publish numbered;
  bool is_duplicate = false;
  AMPS_RETURN_IF_ERROR(take_number(session, command, &numbered, out, &is_duplicate));
  if (is_duplicate) return {};
  if (ack.filter == nullptr) {
    AMPS_RETURN_IF_ERROR(acknowledge_named(session, queues, ack, &out->counts));
  } else {
    for (const AckedQueue& queue : queues) {
      AMPS_RETURN_IF_ERROR(MatchingAck(session, queue, *ack.filter).run(&out->counts));
    }
  }
  TopicSpace& space = *session.space();
  MutexLock lock(space.mutex());
  space.begin_block(session.host()->now_ms());
  AMPS_RETURN_IF_ERROR(space.log().append_done(numbered, space.now_us(), &out->saved_point.txid));
  out->saved_point.txid = session.services().journal->appended_end().txid;
  return {};
}

}  // namespace

bool execute_queue_ack(Session& session, const Command& command) {
  std::vector<AckedQueue> queues;
  QueueAck request;
  Status status = find_queues(session, command, &queues);
  if (status.ok() && queues.empty()) return false;
  AckResult outcome;
  if (status.ok()) status = read_ack(session, command, &request);
  if (status.ok()) status = carry_out(session, command, queues, request, &outcome);
  if (session.services().journal != nullptr) session.services().journal->end_block();
  if (!status.ok()) {
    session.fail(command, status);
    return true;
  }
  Ack ack;
  ack.query_id = command.header->get(AMPS_QueryId);
  ack.type = AMPS_ACK_Processed;
  session.acknowledge(command, ack);
  if (request.filter != nullptr) {
    ack.type = AMPS_ACK_Completed;
    session.acknowledge(command, ack);
  }
  ack.type = AMPS_ACK_Persisted;
  ack.sequence = command.header->number(AMPS_Sequence);
  session.acknowledge_saved(command, ack, outcome.saved_point);
  ack.type = AMPS_ACK_Stats;
  ack.sequence = {};
  ack.with_counters = true;
  ack.topic_matches = outcome.counts.examined;
  ack.matches = outcome.counts.settled;
  ack.records_deleted = outcome.counts.settled;
  session.acknowledge(command, ack);
  return true;
}

// What some clients send in place of sow_delete; nothing is answered.
void execute_ack(Session& session, const Command& command) {
  if (!execute_queue_ack(session, command)) {
    session.fail(command, Status(AMPS_E_INVALID_TOPIC, "only messages of queues are acknowledged"));
  }
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <vector>

#include "broker/commands/commands.h"
#include "broker/queue/queue_topic.h"
#include "wire/bookmark.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

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
  if (is_denied && out->empty()) return Status(AMPS_E_NOT_ENTITLED, "no right to read the queue");
  return {};
}

struct AckResult {
  QueueTopic::AckCounts counts;
  SavedPoint saved_point;  // What a `persisted` has to wait for.
};

// A command that comes again by its number was carried out before.
Status carry_out(Session& session, const Command& command, const std::vector<AckedQueue>& queues,
                 const QueueAck& ack, AckResult* out) {
  TopicSpace& space = *session.space();
  MutexLock lock(space.mutex());
  space.begin_block(session.host()->now_ms());
  Publish numbered;
  numbered.topic = command.topic();
  numbered.publisher = &session.publisher();
  if (const std::uint64_t sequence = command.header->number(AMPS_Sequence).value_or(0); sequence != 0) {
    AMPS_RETURN_IF_ERROR(session.count(sequence, &numbered));
    if (space.log().is_duplicate(numbered, &out->saved_point.txid)) return {};
  }
  Status status;
  for (const auto& [queue, readable] : queues) {
    const QueueTopic::AckCounts counts =
        ack.filter != nullptr ? queue->acknowledge_matching(*ack.filter, session.outbox(), readable)
                              : queue->acknowledge(ack.ids, ack.kind, session.outbox(), readable);
    out->counts.examined += counts.examined;
    out->counts.settled += counts.settled;
    if (queue->has_unwritten()) status = Status(AMPS_E_STORE, queue->name(), "transaction log full");
  }
  if (status.ok()) status = space.log().append_done(numbered, space.now_us(), &out->saved_point.txid);
  out->saved_point.txid = session.services().journal->appended_end().txid;
  space.hand_out();
  return status;
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

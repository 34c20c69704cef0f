// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "broker/commands/commands.h"
#include "broker/commands/query.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::size_t kDeletionsPerLock = 256;  // Then publishers get their turn.

// The selectors exclude one another (protocol 3.9).
int selector_count(const Command& command) noexcept {
  const wire::Header& header = *command.header;
  return static_cast<int>(header.has(AMPS_Filter)) + static_cast<int>(header.has(AMPS_Bookmark)) +
         static_cast<int>(header.has(AMPS_SowKeys)) + static_cast<int>(!command.body.empty());
}

Status no_records() {
  return Status(AMPS_E_INVALID_TOPIC, "topic has no records that a client may remove");
}

class Deletion {
 public:
  Deletion(Session& session, const Command& command)
      : session_(session), command_(command), space_(*session.space()) {}

  Status run();
  std::uint64_t examined() const noexcept { return examined_; }
  std::uint64_t matches() const noexcept { return matches_; }
  std::uint64_t deleted() const noexcept { return deleted_; }
  const SavedPoint& saved_point() const noexcept { return saved_point_; }

 private:
  // Records of one topic that may have to go. References keep them comparable with what is there later.
  struct Candidates {
    Topic* topic;
    RecordSnapshot snapshot;
    std::vector<RecordRef> matching;
    const Grant* grant;  // None: every record may go.
  };
  Status take_number(bool* is_duplicate);
  Status note_done();
  Status remove_selected();
  Status find_topics(std::vector<Candidates>* out);
  Status by_filter();
  Status by_keys(std::string_view keys);
  Status by_data();
  Status match(Candidates* candidates);
  const Grant* write_grant(std::string_view topic) const noexcept {
    return session_.rights() == nullptr ? nullptr : &session_.rights()->write(topic);
  }
  // What the rights do not cover is neither removed nor counted.
  static bool may_remove(const Grant* grant, const Topic& topic, const Record& record) {
    return grant == nullptr || grant->filter == nullptr ||
           grant->filter->matches(facts_of(record, topic.name), record.body());
  }
  // A topic with records that a client may remove. None: there is no such topic.
  Topic* find_topic() AMPS_REQUIRES(space_.mutex());
  Status denied() const {
    Statistics::add(session_.services().statistics.denied_writes);
    return Status(AMPS_E_NOT_ENTITLED, "no right to write the topic");
  }
  Status remove(const Candidates& candidates);
  Status remove_slot(Topic* topic, RecordStore::Slot slot) AMPS_REQUIRES(space_.mutex());

  Session& session_;
  const Command& command_;
  TopicSpace& space_;
  std::unique_ptr<Filter> filter_;
  Publish numbered_;  // The command as the log counts it.
  std::uint64_t now_us_ = 0;
  std::uint64_t examined_ = 0;
  std::uint64_t matches_ = 0;
  std::uint64_t deleted_ = 0;
  SavedPoint saved_point_;
};

Status Deletion::run() {
  const wire::Header& header = *command_.header;
  if (selector_count(command_) > 1 || (selector_count(command_) == 0 && header.get(AMPS_SowKey).empty())) {
    return Status(AMPS_E_INVALID_OPTIONS, "exactly one of filter, keys, body and bookmark");
  }
  if (const std::string_view options = header.get(AMPS_Options); !options.empty() && options != "none") {
    return Status(AMPS_E_INVALID_OPTIONS, "a delete of records takes no options: " + std::string(options));
  }
  bool is_duplicate = false;
  AMPS_RETURN_IF_ERROR(take_number(&is_duplicate));
  if (is_duplicate) return {};
  AMPS_RETURN_IF_ERROR(remove_selected());
  return note_done();
}

// The log knows commands that come again by their numbers.
Status Deletion::take_number(bool* is_duplicate) {
  const std::uint64_t sequence = command_.header->number(AMPS_Sequence).value_or(0);
  if (sequence == 0) return {};
  MutexLock lock(space_.mutex());
  const auto& declared = space_.declared_topics();
  const bool is_logged =
      space_.logs(command_.topic()) ||
      std::any_of(declared.begin(), declared.end(), [](const Topic* topic) { return topic->is_logged; });
  if (!is_logged) return {};
  numbered_.topic = command_.topic();
  numbered_.publisher = &session_.publisher();
  AMPS_RETURN_IF_ERROR(session_.count(sequence, &numbered_));
  *is_duplicate = space_.log().is_duplicate(numbered_, &saved_point_.txid);
  return {};
}

// Last, so that a command that was cut short is carried out when it comes again.
Status Deletion::note_done() {
  MutexLock lock(space_.mutex());
  space_.begin_block(session_.host()->now_ms());
  return space_.log().append_done(numbered_, space_.now_us(), &saved_point_.txid);
}

Status Deletion::remove_selected() {
  const wire::Header& header = *command_.header;
  if (header.has(AMPS_Filter)) return by_filter();
  if (!command_.body.empty()) return by_data();
  if (header.has(AMPS_SowKeys)) return by_keys(header.get(AMPS_SowKeys));
  if (!header.has(AMPS_Bookmark)) return by_keys(header.get(AMPS_SowKey));
  return Status(AMPS_E_INVALID_TOPIC, "bookmarks are of queues");
}

Status Deletion::find_topics(std::vector<Candidates>* out) {
  std::unique_ptr<TopicPattern> pattern;
  const bool patterns = session_.services().configuration.number(AMPS_BROKER_REGEX_TOPIC_SUPPORT) != 0;
  if (patterns && wire::is_topic_pattern(command_.topic())) {
    AMPS_RETURN_IF_ERROR(TopicPattern::compile(std::string(command_.topic()), &pattern));
  }
  MutexLock lock(space_.mutex());
  space_.begin_block(session_.host()->now_ms());
  now_us_ = space_.now_us();
  for (Topic* topic : space_.declared_topics()) {
    const bool matches = pattern != nullptr ? pattern->matches(topic->name) == PatternMatch::kYes
                                            : topic->name == command_.topic();
    if (!matches || topic->store->records() == nullptr || topic->store->is_derived()) continue;
    const Grant* const grant = write_grant(topic->name);
    if (grant != nullptr && !grant->is_given) {
      if (pattern == nullptr) return denied();
      continue;
    }
    out->push_back({topic, topic->store->records()->snapshot(), {}, grant});
  }
  if (out->empty() && pattern == nullptr) {
    return no_records();
  }
  return {};
}

Topic* Deletion::find_topic() {
  Topic* const topic = space_.find(command_.topic());
  const bool has_records = topic != nullptr && topic->store != nullptr &&
                           topic->store->records() != nullptr && !topic->store->is_derived();
  return has_records ? topic : nullptr;
}

// Looks at a snapshot without the lock, then removes what has not changed since, or still matches.
Status Deletion::by_filter() {
  AMPS_RETURN_IF_ERROR(Filter::compile(command_.header->get(AMPS_Filter), space_.format(),
                                       {&session_.services().instance}, &filter_));
  std::vector<Candidates> topics;
  AMPS_RETURN_IF_ERROR(find_topics(&topics));
  for (Candidates& candidates : topics) {
    AMPS_RETURN_IF_ERROR(match(&candidates));
    AMPS_RETURN_IF_ERROR(remove(candidates));
  }
  return {};
}

Status Deletion::match(Candidates* candidates) {
  FilterCost cost;
  for (const ChunkRef& chunk : candidates->snapshot) {
    for (const RecordRef& record : chunk->items) {
      if (!record || record->is_overdue(now_us_) ||
          !may_remove(candidates->grant, *candidates->topic, *record))
        continue;
      ++examined_;
      const MessageFacts facts = facts_of(*record, candidates->topic->name);
      if (cost.measure([&] { return filter_->matches(facts, record->body()); }))
        candidates->matching.push_back(record);
      if (cost.is_too_much()) return Status(AMPS_E_FILTER, "patterns of the filter take too long");
    }
  }
  matches_ += candidates->matching.size();
  candidates->snapshot.clear();  // So that removing does not have to copy chunks.
  return {};
}

Status Deletion::remove(const Candidates& candidates) {
  const RecordStore& records = *candidates.topic->store->records();
  for (std::size_t at = 0; at < candidates.matching.size();) {
    MutexLock lock(space_.mutex());
    space_.begin_block(session_.host()->now_ms());
    const std::size_t end = std::min(at + kDeletionsPerLock, candidates.matching.size());
    Status status;
    for (; at < end && status.ok(); ++at) {
      const RecordRef& seen = candidates.matching[at];
      const RecordStore::Slot slot = records.find_key(seen->key());
      if (slot == RecordStore::kNone) continue;
      const RecordRef& now = records.at(slot);
      if (!may_remove(candidates.grant, *candidates.topic, *now)) continue;
      if (now.get() != seen.get() && !filter_->matches(facts_of(*now, candidates.topic->name), now->body()))
        continue;
      status = remove_slot(candidates.topic, slot);
    }
    space_.hand_out();
    AMPS_RETURN_IF_ERROR(status);
  }
  return {};
}

Status Deletion::remove_slot(Topic* topic, RecordStore::Slot slot) {
  AMPS_RETURN_IF_ERROR(space_.remove_record(topic, slot, ChangeKind::kDelete, &session_.publisher()));
  const SavedPoint& point = space_.saved_point();
  saved_point_.txid = std::max(saved_point_.txid, point.txid);
  if (point.position != 0) {
    saved_point_.position = point.position;
    saved_point_.topic = point.topic;
  }
  ++deleted_;
  return {};
}

Status Deletion::by_keys(std::string_view keys) {
  MutexLock lock(space_.mutex());
  space_.begin_block(session_.host()->now_ms());
  Topic* const topic = find_topic();
  if (topic == nullptr) return no_records();
  const Grant* const grant = write_grant(topic->name);
  if (grant != nullptr && !grant->is_given) return denied();
  std::vector<std::string_view> items;
  wire::for_each_id(keys, [&items](std::string_view key) { items.push_back(key); });
  Status status;
  for (const std::string_view key : items) {
    const RecordStore::Slot slot = topic->store->records()->find_key(key);
    if (slot == RecordStore::kNone || !may_remove(grant, *topic, *topic->store->records()->at(slot)))
      continue;
    ++examined_;
    ++matches_;
    status = remove_slot(topic, slot);
    if (!status.ok()) break;
  }
  space_.hand_out();
  return status;
}

Status Deletion::by_data() {
  MutexLock lock(space_.mutex());
  space_.begin_block(session_.host()->now_ms());
  Topic* const topic = find_topic();
  if (topic == nullptr) return no_records();
  const Grant* const grant = write_grant(topic->name);
  if (grant != nullptr && !grant->is_given) return denied();
  Publish publish;
  publish.topic = command_.topic();
  publish.body = command_.body;
  publish.sow_key = command_.header->get(AMPS_SowKey);
  RecordStore::Slot slot = RecordStore::kNone;
  AMPS_RETURN_IF_ERROR(topic->store->locate(publish, &slot));
  if (slot == RecordStore::kNone || !may_remove(grant, *topic, *topic->store->records()->at(slot))) return {};
  ++examined_;
  ++matches_;
  const Status status = remove_slot(topic, slot);
  space_.hand_out();
  return status;
}

void publish_event(const Session& session, const Command& command) {
  ClientEvent event;
  event.event = "sow_delete";
  event.topic = command.topic();
  event.filter = command.header->get(AMPS_Filter);
  event.query_id = command.header->get(AMPS_QueryId);
  session.publish_event(event);
}

}  // namespace

void execute_sow_delete(Session& session, const Command& command) {
  if (execute_queue_ack(session, command)) return;
  Deletion deletion(session, command);
  const Status status = deletion.run();
  if (session.services().journal != nullptr) session.services().journal->end_block();
  if (!status.ok()) return session.fail(command, status);
  publish_event(session, command);
  Ack ack;
  ack.query_id = command.header->get(AMPS_QueryId);
  ack.type = AMPS_ACK_Processed;
  session.acknowledge(command, ack);
  if (command.header->has(AMPS_Filter)) {
    ack.type = AMPS_ACK_Completed;
    session.acknowledge(command, ack);
  }
  ack.type = AMPS_ACK_Persisted;
  ack.sequence = command.header->number(AMPS_Sequence);
  session.acknowledge_saved(command, ack, deletion.saved_point());
  ack.type = AMPS_ACK_Stats;
  ack.sequence = {};
  ack.with_counters = true;
  ack.matches = deletion.matches();
  ack.topic_matches = deletion.examined();
  ack.records_deleted = deletion.deleted();
  session.acknowledge(command, ack);
}

}  // namespace amps::broker

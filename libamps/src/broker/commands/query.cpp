// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/query.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "broker/queue/queue_topic.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

// The header's number, or else the option's.
Status read_count(const wire::Header& header, FieldId field, std::optional<std::uint64_t> option,
                  std::optional<std::uint64_t>* out) {
  *out = option;
  if (!header.has(field)) return {};
  *out = header.number(field);
  if (*out && **out <= INT32_MAX) return {};
  return Status(AMPS_E_INVALID_OPTIONS, "not a number up to 2147483647: " + std::string(header.get(field)));
}

Status read_limits(const wire::Header& header, const CommandOptions& options, Query* out) {
  std::optional<std::uint64_t> batch_size;
  AMPS_RETURN_IF_ERROR(read_count(header, AMPS_BatchSize, 1, &batch_size));
  if (*batch_size > kBatchSizeMax) {
    return Status(AMPS_E_INVALID_OPTIONS, "batch of " + std::to_string(*batch_size) + " records",
                  "batch size too large");
  }
  out->batch_size = std::max<std::uint64_t>(*batch_size, 1);
  std::optional<std::uint64_t> skip_n;
  AMPS_RETURN_IF_ERROR(read_count(header, AMPS_TopN, options.top_n, &out->top_n));
  AMPS_RETURN_IF_ERROR(read_count(header, AMPS_SkipN, options.skip_n, &skip_n));
  if (!skip_n) return {};
  if (!out->top_n) return Status(AMPS_E_INVALID_OPTIONS, "skip_n needs top_n");
  const bool is_one_shot = header.command == AMPS_COMMAND_SOW;
  if (is_one_shot && header.get(AMPS_OrderBy).empty()) {
    return Status(AMPS_E_INVALID_OPTIONS, "skip_n needs an order");
  }
  out->skip_n = *skip_n;
  return {};
}

std::vector<RecordRef> records_of_keys(const RecordStore& store, const std::vector<std::string>& keys) {
  std::vector<RecordRef> records;
  for (const std::string& key : keys) {
    if (RecordRef record = store.with_key(key)) records.push_back(std::move(record));
  }
  return records;
}

std::vector<RecordRef> records_at(const RecordStore& store, const std::vector<RecordStore::Slot>& slots) {
  std::vector<RecordRef> records;
  records.reserve(slots.size());
  for (const RecordStore::Slot slot : slots) records.push_back(store.at(slot));
  return records;
}

}  // namespace

std::string_view subscription_id_of(const Command& command) noexcept {
  const std::string_view id = command.header->get(AMPS_SubscriptionId);
  return id.empty() ? command.id() : id;
}

std::string_view query_id_of(const Command& command) noexcept {
  const std::string_view id = command.header->get(AMPS_QueryId);
  if (!id.empty()) return id;
  return (command.header->command & kSubscribesWithQuery) != 0 ? subscription_id_of(command) : command.id();
}

Status read_select(const Session& session, const CommandOptions& options,
                   std::shared_ptr<const SelectList>* out) {
  if (!options.select) return {};
  if (options.projection) return Status(AMPS_E_INVALID_OPTIONS, "a projection selects by itself");
  auto list = std::make_shared<SelectList>();
  AMPS_RETURN_IF_ERROR(SelectList::parse(*options.select, session.space()->format(), list.get()));
  *out = std::move(list);
  return {};
}

bool is_pattern_command(const Session& session, const Command& command, const CommandOptions& options) {
  const bool patterns = session.services().configuration.number(AMPS_BROKER_REGEX_TOPIC_SUPPORT) != 0;
  return patterns && !options.literal_topic && wire::is_topic_pattern(command.topic());
}

Status read_filter(const Session& session, const Command& command, bool is_literal,
                   const FilterOptions& options, EffectiveFilter* out) {
  const Grant* const grant = is_literal ? session.read_grant(command.topic()) : nullptr;
  if (grant != nullptr && !grant->is_given) Statistics::add(session.services().statistics.denied_reads);
  return EffectiveFilter::make(grant, command.header->get(AMPS_Filter), session.space()->format(), options,
                               out);
}

Status read_query(const Session& session, const Command& command, const CommandOptions& options, Query* out) {
  const wire::Header& header = *command.header;
  AMPS_RETURN_IF_ERROR(read_limits(header, options, out));
  EffectiveFilter filter;
  AMPS_RETURN_IF_ERROR(read_filter(session, command, !is_pattern_command(session, command, options),
                                   {&session.services().instance}, &filter));
  out->filter = std::move(filter.filter);
  out->rights = session.rights();
  if (!header.get(AMPS_OrderBy).empty()) {
    AMPS_RETURN_IF_ERROR(
        OrderBy::parse(header.get(AMPS_OrderBy), session.space()->format(), &out->order.emplace()));
  }
  const std::string_view keys = header.has(AMPS_SowKeys) ? header.get(AMPS_SowKeys) : header.get(AMPS_SowKey);
  wire::for_each_id(keys, [out](std::string_view key) { out->keys.emplace_back(key); });
  // The same key twice is the same record.
  std::sort(out->keys.begin(), out->keys.end());
  out->keys.erase(std::unique(out->keys.begin(), out->keys.end()), out->keys.end());
  out->query_id = query_id_of(command);
  out->with_key = !options.no_sow_key;
  out->with_timestamp = options.timestamp;
  AMPS_RETURN_IF_ERROR(read_select(session, options, &out->select));
  out->acks = command.acks;
  out->command_id = command.id();
  if ((header.command & kSubscribesWithQuery) != 0) out->subscription_id = subscription_id_of(command);
  return {};
}

PastState past_of(Store* store, const Moment& moment, std::vector<std::string> keys, std::uint64_t now_us) {
  KeptRecords kept;
  const History& history = *store->history();
  if (history.knows(moment, now_us)) kept = {store->records()->snapshot(), history.versions()};
  return PastState(std::move(kept), moment, std::move(keys));
}

bool open_query(TopicSpace& space, const QueryTopic& topic, Query query, std::unique_ptr<QueryResult>* out) {
  const std::vector<std::string> keys = query.keys;
  const std::shared_ptr<const Rights> rights = query.rights;
  const std::optional<Moment> moment = query.moment;
  // What a replaced subscription had is found by its own filter.
  const bool is_indexed = query.filter != nullptr && !query.replaced;
  const std::shared_ptr<const Program> filter = is_indexed ? query.filter->program() : nullptr;
  *out = std::make_unique<QueryResult>(std::move(query), space.now_us());
  bool found = topic.pattern != nullptr;
  for (Topic* declared : space.declared_topics()) {
    const RecordStore* const records = declared->store->records();
    const bool matches = topic.pattern != nullptr
                             ? topic.pattern->matches(declared->name) == PatternMatch::kYes
                             : declared->name == topic.name;
    if (!matches || records == nullptr) continue;
    found = true;
    ++declared->counts.queries;
    const Grant* const grant = rights == nullptr ? nullptr : &rights->read(declared->name);
    if (grant != nullptr && !grant->is_given) continue;
    // Of records that are hidden, not even the number is told, which an index would need.
    const bool hides = grant != nullptr && grant->filter != nullptr;
    std::vector<RecordStore::Slot> slots;
    if (moment && declared->store->history() != nullptr) {
      (*out)->add(declared->name, past_of(declared->store.get(), *moment, keys, space.now_us()));
    } else if (!keys.empty()) {
      (*out)->add(declared->name, records_of_keys(*records, keys));
    } else if (filter != nullptr && !hides && records->find(*filter, &slots)) {
      (*out)->add(declared->name, records_at(*records, slots), records->count() - slots.size());
    } else {
      (*out)->add(declared->name, records->snapshot());
    }
  }
  space.for_each_queue(topic.name, topic.pattern, [&](const QueueTopic* queue) {
    found = true;
    if (rights != nullptr && !rights->read(queue->name()).is_given) return;
    (*out)->add(queue->name(), keys.empty() ? queue->browse() : queue->browse(keys));
  });
  return found;
}

}  // namespace amps::broker

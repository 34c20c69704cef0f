// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/feed.h"

#include <string>
#include <unordered_set>
#include <utility>

#include "broker/commands/query.h"
#include "broker/delivery_group.h"
#include "broker/format/bracket_list.h"
#include "broker/queue/queue_topic.h"
#include "broker/view/aggregated_feed.h"
#include "broker/view/paged_feed.h"
#include "wire/header_decoder.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

// "[/a,/b]" at its commas; those in brackets of fields do not count.
std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> items;
  for_each_item(inside_brackets(list), [&items](std::string_view item) {
    items.emplace_back(item);
    return true;
  });
  return items;
}

Status check_literal(const Session& session, const Command& command, const CommandOptions& options) {
  const bool patterns = session.services().configuration.number(AMPS_BROKER_REGEX_TOPIC_SUPPORT) != 0;
  if (!patterns || options.literal_topic || !wire::is_topic_pattern(command.topic())) return {};
  return Status(AMPS_E_INVALID_OPTIONS, "pages and aggregates need a literal topic");
}

Topic* find_topic(TopicSpace* space, std::string_view name) AMPS_REQUIRES(space->mutex()) {
  Topic* const topic = space->find(name);
  return topic == nullptr || topic->store == nullptr || topic->store->records() == nullptr ? nullptr : topic;
}

Status no_records(std::string_view topic) {
  return Status(AMPS_E_INVALID_TOPIC, "topic " + std::string(topic) + " has no state of the world");
}

std::vector<RecordRef> records_of(PastState past) {
  std::vector<RecordRef> records;
  for (const RecordRef* record = nullptr; past.next(&record);) {
    if (*record) records.push_back(*record);
  }
  return records;
}

Status make_page(Session& session, const Command& command, Subscription* subscription, Query* query) {
  PagedFeed::Definition page;
  page.filter = std::move(subscription->filter);
  page.window = {static_cast<std::size_t>(query->skip_n), static_cast<std::size_t>(*query->top_n)};
  page.share = subscription->effective_text + '\0' + std::string(command.header->get(AMPS_OrderBy));
  if (query->order) page.order = std::move(*query->order);
  TopicSpace& space = *session.space();
  MutexLock lock(space.mutex());
  Topic* const topic = find_topic(&space, command.topic());
  if (topic == nullptr) return no_records(command.topic());
  subscription->feed = std::make_unique<PagedFeed>(&space, topic, std::move(page));
  query->order.reset();
  query->filter.reset();
  query->top_n.reset();
  query->skip_n = 0;
  return {};
}

Status make_aggregate(Session& session, const Command& command, const CommandOptions& options,
                      Subscription* subscription, Query* query) {
  std::unique_ptr<ViewPlan> plan;
  AMPS_RETURN_IF_ERROR(make_aggregation(session, command, options, &plan));
  TopicSpace& space = *session.space();
  MutexLock lock(space.mutex());
  Topic* const topic = find_topic(&space, command.topic());
  if (topic == nullptr) return no_records(command.topic());
  subscription->feed =
      std::make_unique<AggregatedFeed>(&space, topic, std::move(plan), std::move(subscription->filter));
  query->filter.reset();
  query->rights.reset();  // They are about what is aggregated, and in its filter.
  return {};
}

// A page stays a page of its topic, and an aggregation is not replaced (broker 1.6).
Status check_replacement(Session& session, const Subscription& subscription, bool is_page) {
  const Subscription* const old = session.find_subscription(subscription.id);
  if (old == nullptr) return {};
  const bool was_page = dynamic_cast<const PagedFeed*>(old->feed.get()) != nullptr;
  const bool fits = was_page ? is_page && old->topic == subscription.topic
                             : old->feed == nullptr && subscription.feed == nullptr && !is_page;
  if (fits) return {};
  return Status(AMPS_E_INVALID_OPTIONS,
                "a replacement keeps the topic and gives the same kind of options again");
}

}  // namespace

bool is_paged(const Command& command, const CommandOptions& options) noexcept {
  const wire::Header& header = *command.header;
  return (header.has(AMPS_TopN) || options.top_n) && (header.has(AMPS_SkipN) || options.skip_n);
}

Status make_aggregation(const Session& session, const Command& command, const CommandOptions& options,
                        std::unique_ptr<ViewPlan>* out) {
  if (!options.grouping || !options.projection) {
    return Status(AMPS_E_INVALID_OPTIONS, "grouping and projection need each other");
  }
  AMPS_RETURN_IF_ERROR(check_literal(session, command, options));
  if (command.header->has(AMPS_SowKeys)) {
    return Status(AMPS_E_INVALID_OPTIONS, "an aggregation is not restricted to keys");
  }
  ViewTexts texts;
  texts.grouping = split_list(*options.grouping);
  const std::string& type = session.space()->message_type();
  // Commas of function arguments are the parser's business, so it gets the whole list.
  texts.projection.emplace_back(options.projection->substr(1, options.projection->size() - 2));
  const Status status = ViewPlan::make({{type, std::string(command.topic())}}, type, texts, out,
                                       session.services().spaces.types());
  if (status.code() != AMPS_E_USAGE) return status;
  return Status(AMPS_E_INVALID_OPTIONS, status.text());
}

Status make_feed(Session& session, const Command& command, const CommandOptions& options,
                 Subscription* subscription, Query* query) {
  const bool is_page = is_paged(command, options);
  AMPS_RETURN_IF_ERROR(check_replacement(session, *subscription, is_page));
  if (is_aggregated(options)) {
    if (is_page || command.header->has(AMPS_Bookmark)) {
      return Status(AMPS_E_INVALID_OPTIONS, "an aggregation has neither pages nor bookmarks");
    }
    return make_aggregate(session, command, options, subscription, query);
  }
  if (!is_page) return {};
  AMPS_RETURN_IF_ERROR(check_literal(session, command, options));
  return make_page(session, command, subscription, query);
}

Status open_aggregated_query(Session& session, const Command& command, const CommandOptions& options,
                             Query query, std::unique_ptr<QueryResult>* out) {
  std::unique_ptr<ViewPlan> plan;
  AMPS_RETURN_IF_ERROR(make_aggregation(session, command, options, &plan));
  const std::unique_ptr<Filter> filter = std::move(query.filter);
  query.rights.reset();  // They are about what is aggregated, and in its filter.
  TopicSpace& space = *session.space();
  std::vector<RecordRef> records;
  std::optional<PastState> past;
  std::uint64_t now_us = 0;
  {
    MutexLock lock(space.mutex());
    space.begin_block(session.host()->now_ms());
    now_us = space.now_us();
    const Topic* const topic = find_topic(&space, command.topic());
    bool found = topic != nullptr;
    space.for_each_queue(command.topic(), nullptr, [&](const QueueTopic* queue) {
      found = true;
      records = queue->browse();
    });
    if (!found) return no_records(command.topic());
    if (topic != nullptr && query.moment && topic->store->history() != nullptr) {
      past = past_of(topic->store.get(), *query.moment, {}, now_us);
    } else if (topic != nullptr) {
      records = topic->store->records()->all();
    }
  }
  if (past) records = records_of(std::move(*past));
  *out = std::make_unique<QueryResult>(std::move(query), now_us);
  (*out)->add(command.topic(), aggregate_records(*plan, command.topic(), filter.get(), records, now_us));
  return {};
}

Status answer_from_feed(Session& session, const Subscription& subscription,
                        const std::vector<RecordRef>& before, Query query) {
  TopicSpace& space = *session.space();
  space.mutex().assert_held();
  std::unordered_set<std::string_view> old_keys;
  for (const RecordRef& record : before) old_keys.insert(record->key());
  std::unordered_set<std::string_view> keys;
  const std::vector<RecordRef> now = subscription.feed->records();
  std::vector<RecordRef> news;
  for (const RecordRef& record : now) {
    keys.insert(record->key());
    if (old_keys.count(record->key()) == 0) news.push_back(record);
  }
  query.replaced.reset();
  auto result = std::make_unique<QueryResult>(std::move(query), space.now_us());
  result->add(subscription.topic, std::move(news));
  if (!session.outbox()->append(std::move(result), space.now_ms())) {
    return Status(AMPS_E_COMMAND, "too many unfinished queries");
  }
  if (!subscription.out_of_focus) return {};
  Buffer departures;
  const std::string prefix = delivery_prefix(subscription.topic, subscription.id, "oof");
  for (const RecordRef& record : before) {
    if (keys.count(record->key()) != 0) continue;
    Delivery delivery;
    delivery.key = record->key();
    delivery.correlation_id = record->correlation_id();
    delivery.reason = "match";
    delivery.body = record->body();
    append_delivery(&departures, prefix, delivery);
  }
  if (!departures.empty()) session.outbox()->append(departures.view(), space.now_ms());
  return {};
}

}  // namespace amps::broker

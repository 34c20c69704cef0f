// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "broker/command_options.h"
#include "broker/commands/commands.h"
#include "broker/commands/conflation.h"
#include "broker/commands/feed.h"
#include "broker/commands/past.h"
#include "broker/commands/query.h"
#include "broker/commands/replay.h"
#include "broker/queue/queue_topic.h"
#include "wire/bookmark.h"
#include "wire/header_decoder.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::uint32_t kDeltas = AMPS_COMMAND_DeltaSubscribe | AMPS_COMMAND_SOWAndDeltaSubscribe;

bool is_event_topic(std::string_view topic) noexcept {
  return topic == kClientStatusTopic || topic == "/AMPS/SOWStats";
}

// Everything that can be wrong with the bookmark and the paging of a command.
Status check_start(const Command& command) {
  const wire::Header& header = *command.header;
  const bool with_query = (header.command & kSubscribesWithQuery) != 0;
  if (!header.has(AMPS_Bookmark)) {
    const bool is_limited = header.has(AMPS_TopN) || header.has(AMPS_SkipN);
    if (with_query || !is_limited) return {};
    return Status(AMPS_E_INVALID_OPTIONS, "top_n and skip_n need a query");
  }
  const std::string_view bookmark = header.get(AMPS_Bookmark);
  if (!wire::is_valid_bookmark(bookmark)) return Status(AMPS_E_INVALID_BOOKMARK, std::string(bookmark));
  if ((header.command & kDeltas) != 0) {
    return Status(AMPS_E_INVALID_OPTIONS, "a delta subscription cannot be replayed");
  }
  return {};
}

Status set_topic(const Session& session, const Command& command, const CommandOptions& options,
                 Subscription* out) {
  out->topic = command.topic();
  const bool patterns = session.services().configuration.number(AMPS_BROKER_REGEX_TOPIC_SUPPORT) != 0;
  if (patterns && !options.literal_topic && wire::is_topic_pattern(out->topic)) {
    return TopicPattern::compile(out->topic, &out->pattern);
  }
  if (is_event_topic(out->topic) && !is_event_type(session.space()->message_type())) {
    return Status(AMPS_E_INVALID_TOPIC, "events cannot be written as " + session.space()->message_type());
  }
  return {};
}

// A variant of a pattern subscription for each rule with a filter, so that no message has to look for it.
Status add_variants(const Session& session, const FilterOptions& options, Subscription* subscription) {
  for (const RightsRule& rule : session.rights()->rules) {
    std::unique_ptr<Subscription>& variant = subscription->variants.emplace_back();
    if (rule.read.filter == nullptr) continue;
    EffectiveFilter filter;
    AMPS_RETURN_IF_ERROR(EffectiveFilter::make(&rule.read, subscription->filter_text,
                                               session.space()->format(), options, &filter));
    variant = std::make_unique<Subscription>();
    variant->id = subscription->id;
    variant->topic = subscription->topic;
    variant->filter = std::move(filter.filter);
    variant->effective_text = std::move(filter.text);
    variant->rights = subscription->rights;
    variant->hidden_unless = rule.read.filter.get();
    variant->fields = subscription->fields;
    variant->skip_empty = subscription->skip_empty;
    variant->delta = subscription->delta;
    variant->out_of_focus = subscription->out_of_focus;
    variant->select = subscription->select;
    variant->held_by = subscription->held_by;
    variant->outbox = subscription->outbox;
    variant->filter_cost = subscription->filter_cost;
  }
  return {};
}

// Puts a subscription, of which everything else is known, under the rights of its user.
Status restrict(const Session& session, const FilterOptions& options, Subscription* subscription) {
  if (session.rights() == nullptr) return {};
  subscription->rights = session.rights();
  if (subscription->pattern != nullptr) return add_variants(session, options, subscription);
  subscription->hidden_unless = session.rights()->read(subscription->topic).filter.get();
  return {};
}

unsigned limits_of(const Command& command, const CommandOptions& options) {
  const wire::Header& header = *command.header;
  if ((header.command & kSubscribesWithQuery) == 0) return 0;
  const unsigned top_n = header.has(AMPS_TopN) || options.top_n ? 1 : 0;
  const unsigned skip_n = header.has(AMPS_SkipN) || options.skip_n ? 2 : 0;
  return top_n | skip_n | (header.get(AMPS_OrderBy).empty() ? 0u : 4u);
}

// What was limited stays so, in the same way (broker 1.6).
Status check_replaced(const Subscription* old, const Subscription& replacement, bool is_wanted) {
  if (old == nullptr) return {};
  if (!is_wanted) return Status(AMPS_E_SUBSCRIPTION_EXISTS, old->id);
  if (old->limits == 0 || old->limits == replacement.limits) return {};
  return Status(AMPS_E_INVALID_OPTIONS, "a replacement gives top_n, skip_n and order_by as the original did");
}

Status make_subscription(Session& session, const Command& command, const CommandOptions& options,
                         std::unique_ptr<Subscription>* out) {
  const wire::Header& header = *command.header;
  AMPS_RETURN_IF_ERROR(check_start(command));
  auto subscription = std::make_unique<Subscription>();
  subscription->id = subscription_id_of(command);
  if (!wire::is_id(subscription->id)) {
    return Status(AMPS_E_COMMAND, "id of more than 1024 bytes, or with a control character", "limit");
  }
  if (subscription->id.empty() || subscription->id.find(',') != std::string::npos) {
    return Status(AMPS_E_INVALID_SUBID, "a subscription needs an id without commas");
  }
  AMPS_RETURN_IF_ERROR(set_topic(session, command, options, subscription.get()));
  const auto send_oof = wire::parse_bool(header.get(AMPS_SendOOF));
  subscription->out_of_focus = options.out_of_focus || (send_oof && *send_oof);
  const FilterOptions filter_options{&session.services().instance, subscription->out_of_focus ||
                                                                       is_aggregated(options) ||
                                                                       is_paged(command, options)};
  EffectiveFilter filter;
  AMPS_RETURN_IF_ERROR(
      read_filter(session, command, subscription->pattern == nullptr, filter_options, &filter));
  subscription->filter = std::move(filter.filter);
  subscription->filter_text = header.get(AMPS_Filter);
  subscription->effective_text = std::move(filter.text);
  subscription->limits = limits_of(command, options);
  AMPS_RETURN_IF_ERROR(
      check_replaced(session.find_subscription(subscription->id), *subscription, options.replace));
  subscription->options = header.get(AMPS_Options);
  subscription->fields = {!options.no_sow_key, options.timestamp,
                          options.bookmark || header.has(AMPS_Bookmark)};
  subscription->delta = (header.command & kDeltas) != 0;
  const auto send_empty = wire::parse_bool(header.get(AMPS_SendEmpty));
  subscription->skip_empty = options.no_empties || (send_empty && !*send_empty);
  AMPS_RETURN_IF_ERROR(read_select(session, options, &subscription->select));
  subscription->backlog_max = options.max_backlog.value_or(1);
  subscription->outbox = session.outbox();
  subscription->filter_cost = session.filter_cost();
  AMPS_RETURN_IF_ERROR(make_conflation(session, command, options, subscription.get()));
  AMPS_RETURN_IF_ERROR(restrict(session, filter_options, subscription.get()));
  *out = std::move(subscription);
  return {};
}

// The query of a subscription that takes the place of another does not repeat what that one had.
Status make_query(Session& session, const Command& command, const CommandOptions& options,
                  const Subscription& subscription, Query* out) {
  AMPS_RETURN_IF_ERROR(read_query(session, command, options, out));
  const Subscription* const old = session.find_subscription(subscription.id);
  if (old == nullptr || old->topic != subscription.topic) return {};
  out->replaced = Query::Replaced();
  out->replaced->tell_departures = subscription.out_of_focus;
  // The rights are the same, and what they hide is left out before.
  if (old->filter_text.empty()) return {};
  return Filter::compile(old->filter_text, session.space()->format(), {&session.services().instance},
                         &out->replaced->filter);
}

// What a subscription to queues may hold at a time, as its ack says. Empty: it is not to a queue.
std::string grant_backlog(TopicSpace* space, Subscription* subscription) {
  bool is_consumer = false;
  MutexLock lock(space->mutex());
  space->for_each_queue(subscription->topic, subscription->pattern.get(), [&](const QueueTopic* queue) {
    is_consumer = true;
    subscription->backlog_max = queue->granted_backlog(subscription->backlog_max);
  });
  return is_consumer ? "max_backlog=" + std::to_string(subscription->backlog_max) : std::string();
}

// What is answered before the first message; a query answers for itself.
void answer(Session& session, const Command& command, std::string_view granted) {
  Ack ack;
  ack.subscription_id = subscription_id_of(command);
  const bool with_query = (command.header->command & kSubscribesWithQuery) != 0;
  if (with_query) ack.query_id = query_id_of(command);
  ack.type = AMPS_ACK_Processed;
  ack.options = granted;
  session.acknowledge(command, ack);
  if (with_query) return;
  ack.type = AMPS_ACK_Stats;  // Of a delta subscription: nothing was asked of the state.
  ack.options = {};
  ack.with_counters = true;
  session.acknowledge(command, ack);
}

// What a subscribe command makes.
struct Prepared {
  std::unique_ptr<Subscription> subscription;  // None: it was done with what exists.
  std::optional<Query> query;
  std::optional<ReplayStart> replay;
  std::unique_ptr<QueryResult> past;  // What comes before the replay; none: nothing.
};

Status prepare(Session& session, const Command& command, Prepared* out) {
  const wire::Header& header = *command.header;
  const Subscription* const old = session.find_subscription(subscription_id_of(command));
  CommandOptions options;
  AMPS_RETURN_IF_ERROR(parse_command_options(header.get(AMPS_Options), header.command,
                                             header.has(AMPS_Bookmark) || (old != nullptr && old->is_replay),
                                             &options));
  bool done = false;
  AMPS_RETURN_IF_ERROR(change_pace(session, command, options, &done));
  if (done) return {};
  if (command.topic().empty())
    return Status(AMPS_E_INVALID_TOPIC, "a subscription needs a topic", "no topic");
  AMPS_RETURN_IF_ERROR(make_subscription(session, command, options, &out->subscription));
  if (is_replay(session, command, options)) {
    return make_replay(session, command, options, out->subscription.get(), &out->replay.emplace());
  }
  if ((header.command & kSubscribesWithQuery) == 0) return {};
  if (begins_in_past(session, command, *out->subscription)) {
    Query query;
    AMPS_RETURN_IF_ERROR(read_query(session, command, options, &query));
    return make_past(session, command, options, out->subscription.get(), std::move(query), &out->past,
                     &out->replay.emplace());
  }
  if (options.rate || options.live) return Status(AMPS_E_INVALID_OPTIONS, "nothing is replayed");
  AMPS_RETURN_IF_ERROR(make_query(session, command, options, *out->subscription, &out->query.emplace()));
  return make_feed(session, command, options, out->subscription.get(), &*out->query);
}

}  // namespace

void execute_subscribe(Session& session, const Command& command) {
  const std::uint64_t count_max = session.services().configuration.number(AMPS_BROKER_SUBSCRIPTIONS_MAX);
  if (session.subscription_count() >= count_max &&
      session.find_subscription(subscription_id_of(command)) == nullptr) {
    return session.fail(command, "limit", "too many subscriptions");
  }
  Prepared made;
  if (const Status status = prepare(session, command, &made); !status.ok()) {
    return session.fail(command, status);
  }
  if (made.subscription == nullptr) return answer(session, command, {});
  ClientEvent event;
  event.event = wire::command_text(command.header->command, true);
  event.topic = command.topic();
  event.filter = command.header->get(AMPS_Filter);
  event.options = command.header->get(AMPS_Options);
  event.subscription_id = subscription_id_of(command);
  if ((command.header->command & kSubscribesWithQuery) != 0) event.query_id = query_id_of(command);
  answer(session, command,
         made.replay ? std::string() : grant_backlog(session.space(), made.subscription.get()));
  if (made.replay) {
    session.add_replay(std::move(made.subscription), std::move(*made.replay), std::move(made.past));
  } else {
    session.add_subscription(std::move(made.subscription), std::move(made.query));
  }
  session.publish_event(event);
}

}  // namespace amps::broker

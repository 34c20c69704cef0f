// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "broker/bookmark.h"
#include "broker/command_options.h"
#include "broker/commands/commands.h"
#include "wire/header_decoder.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::uint32_t kDeltas = AMPS_COMMAND_DeltaSubscribe | AMPS_COMMAND_SOWAndDeltaSubscribe;
constexpr std::uint32_t kWithQuery = AMPS_COMMAND_SOWAndSubscribe | AMPS_COMMAND_SOWAndDeltaSubscribe;

std::string_view subscription_id(const Command& command) noexcept {
  const std::string_view id = command.header->get(AMPS_SubscriptionId);
  return id.empty() ? command.id() : id;
}

std::string_view query_id(const Command& command) noexcept {
  const std::string_view id = command.header->get(AMPS_QueryId);
  return id.empty() ? subscription_id(command) : id;
}

bool is_event_topic(std::string_view topic) noexcept {
  return topic == kClientStatusTopic || topic == "/AMPS/SOWStats";
}

// Everything that can be wrong with the bookmark and the paging of a command.
Status check_start(const Command& command, const CommandOptions& options) {
  const wire::Header& header = *command.header;
  const bool with_query = (header.command & kWithQuery) != 0;
  for (const FieldId field : {AMPS_TopN, AMPS_SkipN}) {
    if (!header.has(field)) continue;
    const auto count = header.number(field);
    if (!with_query || !count || *count > INT32_MAX) {
      return Status(AMPS_E_INVALID_OPTIONS, "top_n and skip_n are numbers and need a query");
    }
  }
  static_cast<void>(options);
  if (!header.has(AMPS_Bookmark)) return {};
  const BookmarkStart start = parse_bookmark(header.get(AMPS_Bookmark));
  if (start == BookmarkStart::kMalformed) {
    return Status(AMPS_E_INVALID_BOOKMARK, std::string(header.get(AMPS_Bookmark)));
  }
  if ((header.command & kDeltas) != 0) {
    return Status(AMPS_E_INVALID_OPTIONS, "a delta subscription cannot be replayed");
  }
  if (start == BookmarkStart::kReplay)
    return Status(AMPS_E_INVALID_TOPIC, "topic is not in a transaction log");
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

Status make_subscription(Session& session, const Command& command, std::unique_ptr<Subscription>* out) {
  const wire::Header& header = *command.header;
  CommandOptions options;
  AMPS_RETURN_IF_ERROR(
      parse_command_options(header.get(AMPS_Options), header.command, header.has(AMPS_Bookmark), &options));
  AMPS_RETURN_IF_ERROR(check_start(command, options));
  auto subscription = std::make_unique<Subscription>();
  subscription->id = subscription_id(command);
  if (subscription->id.empty() || subscription->id.find(',') != std::string::npos) {
    return Status(AMPS_E_INVALID_SUBID, "a subscription needs an id without commas");
  }
  AMPS_RETURN_IF_ERROR(set_topic(session, command, options, subscription.get()));
  if (const std::string_view filter = header.get(AMPS_Filter); !filter.empty()) {
    AMPS_RETURN_IF_ERROR(
        session.services().filters.compile(filter, session.space()->message_type(), &subscription->filter));
    subscription->filter_text = filter;
  }
  const bool exists = session.find_subscription(subscription->id) != nullptr;
  if (exists && !options.replace) return Status(AMPS_E_SUBSCRIPTION_EXISTS, subscription->id);
  subscription->options = header.get(AMPS_Options);
  subscription->timestamp = options.timestamp;
  const auto send_empty = wire::parse_bool(header.get(AMPS_SendEmpty));
  subscription->skip_empty = options.no_empties || (send_empty && !*send_empty);
  subscription->outbox = session.outbox();
  *out = std::move(subscription);
  return {};
}

// What is answered before the first message. A topic without records has an empty result.
void answer(Session& session, const Command& command) {
  Ack ack;
  ack.subscription_id = subscription_id(command);
  const bool with_query = (command.header->command & kWithQuery) != 0;
  if (with_query) ack.query_id = query_id(command);
  ack.type = AMPS_ACK_Processed;
  session.acknowledge(command, ack);
  if (with_query) {
    append_group_mark(&session.replies(), "group_begin", ack.query_id);
    append_group_mark(&session.replies(), "group_end", ack.query_id);
  } else if (!command.header->has(AMPS_Bookmark)) {
    return;  // Only a replay or a query is ever completed.
  }
  ack.type = AMPS_ACK_Completed;
  ack.bookmark = with_query ? std::string_view{} : command.header->get(AMPS_Bookmark);
  session.acknowledge(command, ack);
  ack.type = AMPS_ACK_Stats;
  ack.bookmark = {};
  ack.with_counters = true;
  session.acknowledge(command, ack);
}

}  // namespace

void execute_subscribe(Session& session, const Command& command) {
  const std::uint64_t count_max = session.services().configuration.number(AMPS_BROKER_SUBSCRIPTIONS_MAX);
  if (session.subscription_count() >= count_max &&
      session.find_subscription(subscription_id(command)) == nullptr) {
    return session.fail(command, "limit", "too many subscriptions");
  }
  std::unique_ptr<Subscription> subscription;
  if (const Status status = make_subscription(session, command, &subscription); !status.ok()) {
    return session.fail(command, status);
  }
  ClientEvent event;
  event.event = wire::command_text(command.header->command, true);
  event.topic = command.topic();
  event.filter = command.header->get(AMPS_Filter);
  event.options = command.header->get(AMPS_Options);
  event.subscription_id = subscription_id(command);
  if ((command.header->command & kWithQuery) != 0) event.query_id = query_id(command);
  answer(session, command);
  session.add_subscription(std::move(subscription));
  session.publish_event(event);
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "broker/command_options.h"
#include "broker/commands/commands.h"
#include "broker/commands/feed.h"
#include "broker/commands/past.h"
#include "broker/commands/query.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

bool has_patterns(const Session& session) {
  return session.services().configuration.number(AMPS_BROKER_REGEX_TOPIC_SUPPORT) != 0;
}

void publish_event(const Session& session, const Command& command) {
  ClientEvent event;
  event.event = wire::command_text(command.header->command, true);
  event.topic = command.topic();
  event.filter = command.header->get(AMPS_Filter);
  event.options = command.header->get(AMPS_Options);
  event.query_id = query_id_of(command);
  session.publish_event(event);
}

Status open_sow(Session& session, const Command& command, std::unique_ptr<QueryResult>* out) {
  const wire::Header& header = *command.header;
  CommandOptions options;
  AMPS_RETURN_IF_ERROR(parse_command_options(header.get(AMPS_Options), header.command, false, &options));
  Query query;
  AMPS_RETURN_IF_ERROR(read_query(session, command, options, &query));
  if (is_aggregated(options)) {
    AMPS_RETURN_IF_ERROR(read_moment(session, command, {command.topic()}, &query.moment));
    return open_aggregated_query(session, command, options, std::move(query), out);
  }
  std::unique_ptr<TopicPattern> pattern;
  if (has_patterns(session) && !options.literal_topic && wire::is_topic_pattern(command.topic())) {
    AMPS_RETURN_IF_ERROR(TopicPattern::compile(std::string(command.topic()), &pattern));
  }
  AMPS_RETURN_IF_ERROR(read_moment(session, command, {command.topic(), pattern.get()}, &query.moment));
  TopicSpace& space = *session.space();
  MutexLock lock(space.mutex());
  space.begin_block(session.host()->now_ms());
  if (!open_query(space, {command.topic(), pattern.get()}, std::move(query), out)) {
    return Status(AMPS_E_INVALID_TOPIC, "topic has no state of the world");
  }
  return {};
}

}  // namespace

void execute_sow(Session& session, const Command& command) {
  std::unique_ptr<QueryResult> result;
  if (const Status status = open_sow(session, command, &result); !status.ok()) {
    return session.fail(command, status);
  }
  Ack ack;
  ack.type = AMPS_ACK_Processed;
  ack.query_id = query_id_of(command);
  session.acknowledge(command, ack);
  publish_event(session, command);
  // A small result is bytes at once; a large one is made while the client takes it in.
  const bool has_more = result->encode_some(&session.replies());
  if (result->is_too_costly()) session.outbox()->cut_off(CutOff::kCostly);
  if (!has_more) return;
  session.flush_replies();
  if (!session.outbox()->append(std::move(result), session.host()->now_ms())) {
    session.end(Disconnect::kLimit, "too many unfinished queries");
  }
}

}  // namespace amps::broker

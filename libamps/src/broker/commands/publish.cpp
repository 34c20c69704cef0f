// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/commands.h"
#include "broker/dispatcher.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kSequenceMax =
    (std::uint64_t{1} << 63) - 1;  // Above, a sequence is a mistake or an attack.

// Absent is good; what is there must be a number, because a publisher that counts wrongly would
// otherwise believe its messages to be settled.
bool has_good_sequence(const wire::Header& header) noexcept {
  if (!header.has(AMPS_Sequence)) return true;
  const auto sequence = header.number(AMPS_Sequence);
  return sequence && *sequence <= kSequenceMax;
}

// The log knows messages that come again by their numbers. Zero is none.
Status count(Session& session, const wire::Header& header, TopicSpace& space, Publish* publish)
    AMPS_REQUIRES(space.mutex()) {
  const std::uint64_t sequence = header.number(AMPS_Sequence).value_or(0);
  if (sequence == 0 || !space.logs(publish->topic)) return {};
  return session.count(sequence, publish);
}

}  // namespace

void execute_publish(Session& session, Command* command, TopicSpace& space) {
  const wire::Header& header = *command->header;
  if (!admit_command(session, *find_command(header.command), command)) return;
  if (!has_good_sequence(header)) {
    session.fail(*command, "bad sequence", header.get(AMPS_Sequence));
    // Nobody would learn that the message was dropped.
    if (command->id().empty()) session.end(Disconnect::kProtocol, "publish with a bad sequence");
    return;
  }
  if (const std::string_view options = header.get(AMPS_Options); !options.empty() && options != "none") {
    return session.fail(*command, "invalid options", options);
  }
  const Grant* const grant =
      session.rights() == nullptr ? nullptr : &session.rights()->write(command->topic());
  if (grant != nullptr && !grant->allows(command->topic(), command->body)) {
    Statistics::add(session.services().statistics.denied_writes);
    return session.fail(*command, "not entitled", command->topic());
  }
  Publish publish;
  publish.topic = command->topic();
  publish.body = command->body;
  publish.correlation_id = header.get(AMPS_CorrelationId);
  if (header.number(AMPS_Expiration)) publish.expiration = header.get(AMPS_Expiration);
  publish.sow_key = header.get(AMPS_SowKey);
  publish.delta = header.command == AMPS_COMMAND_DeltaPublish;
  publish.publisher = &session.publisher();
  publish.grant = grant;
  Status status = count(session, header, space, &publish);
  if (status.ok()) status = space.publish(publish);
  if (!status.ok()) {
    if (status.code() == AMPS_E_NOT_ENTITLED) Statistics::add(session.services().statistics.denied_writes);
    return session.fail(*command, status);
  }
  if (command->acks == 0) return;
  session.acknowledge(*command, AMPS_ACK_Processed);
  session.acknowledge(*command, AMPS_ACK_Completed);
  Ack persisted;
  persisted.type = AMPS_ACK_Persisted;
  persisted.sequence = header.number(AMPS_Sequence);
  session.acknowledge_saved(*command, persisted, space.saved_point());
}

}  // namespace amps::broker

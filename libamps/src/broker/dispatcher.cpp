// SPDX-License-Identifier: Apache-2.0
#include "broker/dispatcher.h"

#include "broker/commands/commands.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::uint32_t kBasic = AMPS_ACK_Received | AMPS_ACK_Processed;
constexpr std::uint32_t kPublish = kBasic | AMPS_ACK_Completed | AMPS_ACK_Persisted;
constexpr std::uint32_t kSubscribe = kBasic | AMPS_ACK_Completed | AMPS_ACK_Persisted;
constexpr std::uint32_t kQuery = kBasic | AMPS_ACK_Completed | AMPS_ACK_Stats;
constexpr std::uint32_t kDelete = kQuery | AMPS_ACK_Persisted;
constexpr std::uint32_t kFlush = kBasic | AMPS_ACK_Completed | AMPS_ACK_Persisted;

// Command, acks, needs logon, needs topic, takes options, function.
constexpr CommandRow kRows[] = {
    {AMPS_COMMAND_Publish, kPublish, true, true, true, nullptr},
    {AMPS_COMMAND_DeltaPublish, kPublish, true, true, true, nullptr},
    {AMPS_COMMAND_Subscribe, kSubscribe, true, false, true, execute_subscribe},
    {AMPS_COMMAND_DeltaSubscribe, kSubscribe | AMPS_ACK_Stats, true, true, true, execute_subscribe},
    {AMPS_COMMAND_SOWAndSubscribe, kQuery, true, true, true, execute_subscribe},
    {AMPS_COMMAND_SOWAndDeltaSubscribe, kQuery, true, true, true, execute_subscribe},
    {AMPS_COMMAND_SOW, kQuery, true, true, true, execute_sow},
    {AMPS_COMMAND_SOWDelete, kDelete, true, true, true, execute_sow_delete},
    {AMPS_COMMAND_Ack, 0, true, true, true, execute_ack},
    {AMPS_COMMAND_Unsubscribe, kBasic, true, false, false, execute_unsubscribe},
    {AMPS_COMMAND_Flush, kFlush, true, false, false, execute_flush},
    {AMPS_COMMAND_Heartbeat, kBasic, true, false, true, execute_heartbeat},
    {AMPS_COMMAND_Logon, kBasic, false, false, true, execute_logon},
};

}  // namespace

const CommandRow* find_command(std::uint32_t command) noexcept {
  for (const CommandRow& row : kRows) {
    if (row.command == command) return &row;
  }
  return nullptr;
}

bool admit_command(Session& session, const CommandRow& row, Command* command) {
  command->acks &= row.ack_types;
  if (row.needs_logon && !session.is_logged_on()) {
    session.fail(*command, "logon required");
    session.end(Disconnect::kLogonRequired);
    return false;
  }
  session.acknowledge(*command, AMPS_ACK_Received);
  for (const FieldId field : {AMPS_CommandId, AMPS_SubscriptionId, AMPS_QueryId, AMPS_ClientName}) {
    const std::uint32_t what = command->header->command;
    const bool is_list = (what == AMPS_COMMAND_Unsubscribe && field != AMPS_CommandId) ||
                         (what == AMPS_COMMAND_Subscribe && field == AMPS_SubscriptionId);
    if (is_list || wire::is_id(command->header->get(field))) continue;
    session.fail(*command, "limit", "id of more than 1024 bytes, or with a control character");
    return false;
  }
  if (row.needs_topic && command->topic().empty()) {
    session.fail(*command, "no topic");
    return false;
  }
  const std::string_view options = command->header->get(AMPS_Options);
  if (!row.takes_options && !options.empty() && options != "none") {
    session.fail(*command, "invalid options", options);
    return false;
  }
  return true;
}

void dispatch(Session& session, Command* command) {
  const CommandRow* const row = find_command(command->header->command);
  if (row == nullptr) {
    session.fail(*command, "unknown command", command->header->get(AMPS_Command));
    session.end(Disconnect::kUnknownCommand, command->header->get(AMPS_Command));
    return;
  }
  if (admit_command(session, *row, command)) row->execute(session, *command);
}

}  // namespace amps::broker

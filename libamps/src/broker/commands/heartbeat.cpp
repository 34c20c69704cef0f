// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"
#include "broker/commands/commands.h"

namespace amps::broker {

namespace {

constexpr std::string_view kStart = "start,";
constexpr std::uint64_t kIntervalSecondsMax =
    86'400;  // A heart that beats less than daily watches over nothing.

}  // namespace

// start,<seconds> | beat | stop (protocol 8.1). A beat is never answered: a client that answers each
// of our heartbeats would be sent another one for it, without end.
void execute_heartbeat(Session& session, const Command& command) {
  const std::string_view options = command.header->get(AMPS_Options);
  if (options.substr(0, kStart.size()) == kStart) {
    const auto seconds = parse_decimal(options.substr(kStart.size()));
    if (!seconds || *seconds > kIntervalSecondsMax) {
      return session.fail(command, "invalid options", "interval is not a number of seconds up to 86400");
    }
    session.set_heartbeat(*seconds * 1000);
  } else if (options == "stop") {
    session.set_heartbeat(0);
  } else if (options != "beat") {
    return session.fail(command, "invalid options", options);
  }
  session.acknowledge(command, AMPS_ACK_Processed);
}

}  // namespace amps::broker

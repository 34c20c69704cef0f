// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/commands.h"
#include "wire/options.h"

namespace amps::broker {

void execute_unsubscribe(Session& session, const Command& command) {
  const wire::Header& header = *command.header;
  std::string_view ids = header.get(AMPS_SubscriptionId);
  if (ids.empty()) ids = header.get(AMPS_SubscriptionIds);
  if (ids.empty() && !header.has(AMPS_QueryId)) {
    return session.fail(command, "invalid subid", "neither sub_id nor query_id");
  }
  wire::for_each_id(header.get(AMPS_QueryId),
                    [&session](std::string_view id) { session.outbox()->cancel_sources(id); });
  if (ids == "all") {
    session.remove_all_subscriptions();
  } else {
    wire::for_each_id(ids, [&session](std::string_view id) { session.remove_subscription(id); });
  }
  session.acknowledge(command, AMPS_ACK_Processed);
}

}  // namespace amps::broker

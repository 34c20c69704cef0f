// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/commands.h"

namespace amps::broker {

// A session executes its commands one after the other, so everything before this one is done.
void execute_flush(Session& session, const Command& command) {
  session.acknowledge(command, AMPS_ACK_Processed);
  session.acknowledge(command, AMPS_ACK_Completed);
  Ack persisted;
  persisted.type = AMPS_ACK_Persisted;
  session.acknowledge_saved(command, persisted, session.saved_point());
}

}  // namespace amps::broker

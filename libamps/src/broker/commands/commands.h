// SPDX-License-Identifier: Apache-2.0
// What the rows of the dispatcher call. Each function answers the command through its session.
// Threads: the event loop of the session.
#pragma once

#include "broker/session.h"

namespace amps::broker {

void execute_logon(Session& session, const Command& command);
// A command before a logon logs on by itself, where that is allowed and the message type is known.
void execute_implicit_logon(Session& session, const Command& command);
// The decision about a pending logon is due: it was refused, or nobody decided in time.
void execute_late_refusal(Session& session);
void execute_subscribe(Session& session, const Command& command);  // All four kinds.
void execute_unsubscribe(Session& session, const Command& command);
void execute_sow(Session& session, const Command& command);
// An acknowledgement, when the topic is a queue. False: it is not.
bool execute_queue_ack(Session& session, const Command& command);
void execute_ack(Session& session, const Command& command);
void execute_sow_delete(Session& session, const Command& command);
void execute_flush(Session& session, const Command& command);
void execute_heartbeat(Session& session, const Command& command);
// publish and delta_publish, one of a block.
void execute_publish(Session& session, Command* command, TopicSpace& space) AMPS_REQUIRES(space.mutex());

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Bookmark subscriptions in the subscribe command: where they start, at what pace, and pause and resume.
// Threads: the event loop of the session.
#pragma once

#include "broker/command_options.h"
#include "broker/replay/replays.h"
#include "broker/session.h"

namespace amps::broker {

// The subscription is read from the log: it has a bookmark, or takes the place of one that has.
bool is_replay(Session& session, const Command& command, const CommandOptions& options);
// What the command asks of the log. Fails as the command has to. `subscription` is complete; when it names a
// queue, it gets what the queue is fed from.
Status make_replay(Session& session, const Command& command, const CommandOptions& options,
                   Subscription* subscription, ReplayStart* out);

// Pauses or resumes subscriptions that exist. `done` is false when the command makes one that is paused, and
// nothing has happened.
Status change_pace(Session& session, const Command& command, const CommandOptions& options, bool* done);

}  // namespace amps::broker

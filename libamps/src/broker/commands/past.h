// SPDX-License-Identifier: Apache-2.0
// Queries with a bookmark: what topics that keep history were then (broker 3.9), and what came after it.
// Threads: the event loop of the session. Blocks: as Journal::find() does.
#pragma once

#include <memory>
#include <optional>

#include "broker/command_options.h"
#include "broker/commands/query.h"
#include "broker/replay/replays.h"
#include "broker/session.h"

namespace amps::broker {

// The moment that a query is about. None: now; it has no bookmark, or none of its topics keeps history.
Status read_moment(const Session& session, const Command& command, const QueryTopic& topic,
                   std::optional<Moment>* out);

// The subscription begins with what its topic was, and goes on with the log.
bool begins_in_past(const Session& session, const Command& command, const Subscription& subscription);
// Both parts of it. Fails as the command has to.
Status make_past(Session& session, const Command& command, const CommandOptions& options,
                 Subscription* subscription, Query query, std::unique_ptr<QueryResult>* result,
                 ReplayStart* replay);

}  // namespace amps::broker

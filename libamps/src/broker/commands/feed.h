// SPDX-License-Identifier: Apache-2.0
// Pages and aggregates in the commands that ask for them: options to feeds and results.
// Threads: the event loop of the session.
#pragma once

#include <memory>
#include <vector>

#include "broker/command_options.h"
#include "broker/session.h"
#include "broker/sow/query.h"
#include "broker/subscription.h"
#include "broker/view/view_plan.h"

namespace amps::broker {

inline bool is_aggregated(const CommandOptions& options) noexcept {
  return options.grouping || options.projection;
}
// Both limits make a subscription a page; top_n alone limits its query.
bool is_paged(const Command& command, const CommandOptions& options) noexcept;

// Gives a subscription its feed, when it is to be a page or an aggregation, and leaves to the query what is
// left to it. Fails as the command has to.
Status make_feed(Session& session, const Command& command, const CommandOptions& options,
                 Subscription* subscription, Query* query);

// The plan of `grouping` and `projection` over one literal topic.
Status make_aggregation(const Session& session, const Command& command, const CommandOptions& options,
                        std::unique_ptr<ViewPlan>* out);
// The answer to an aggregated query. Takes the lock of the topic space for a snapshot.
Status open_aggregated_query(Session& session, const Command& command, const CommandOptions& options,
                             Query query, std::unique_ptr<QueryResult>* out);

// What a fed subscription has now, as the answer to its query. Of what `before` had, it repeats nothing,
// and tells what is gone. Requires: the lock of the topic space.
Status answer_from_feed(Session& session, const Subscription& subscription,
                        const std::vector<RecordRef>& before, Query query);

}  // namespace amps::broker

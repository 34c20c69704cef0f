// SPDX-License-Identifier: Apache-2.0
// The query in sow and sow_and_*: read from the command, then opened on the topics it is about.
// Threads: the event loop of the session.
#pragma once

#include <memory>
#include <string_view>

#include "broker/command_options.h"
#include "broker/session.h"
#include "broker/sow/query.h"

namespace amps::broker {

constexpr std::uint32_t kSubscribesWithQuery =
    AMPS_COMMAND_SOWAndSubscribe | AMPS_COMMAND_SOWAndDeltaSubscribe;

std::string_view subscription_id_of(const Command& command) noexcept;
std::string_view query_id_of(const Command& command) noexcept;

// The select list of a command; none: not asked for.
Status read_select(const Session& session, const CommandOptions& options,
                   std::shared_ptr<const SelectList>* out);

// Everything of a query but its topic. Fails as the command has to.
// A client's filter under the rights of its user. `is_literal`: the topic is one topic, which may be denied.
Status read_filter(const Session& session, const Command& command, bool is_literal,
                   const FilterOptions& options, EffectiveFilter* out);
// Whether the topic of a command is a pattern, as the configuration and the options will have it.
bool is_pattern_command(const Session& session, const Command& command, const CommandOptions& options);
Status read_query(const Session& session, const Command& command, const CommandOptions& options, Query* out);

// The records of the topic at that moment, as its history has them.
PastState past_of(Store* store, const Moment& moment, std::vector<std::string> keys, std::uint64_t now_us);

// A literal topic, or a pattern of such. False: the literal topic has no records to be queried.
struct QueryTopic {
  std::string_view name;
  const TopicPattern* pattern = nullptr;
};
bool open_query(TopicSpace& space, const QueryTopic& topic, Query query, std::unique_ptr<QueryResult>* out)
    AMPS_REQUIRES(space.mutex());

}  // namespace amps::broker

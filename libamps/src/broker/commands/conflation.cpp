// SPDX-License-Identifier: Apache-2.0
#include "broker/commands/conflation.h"

#include <string>
#include <utility>
#include <vector>

#include "broker/commands/feed.h"
#include "broker/commands/query.h"
#include "broker/format/bracket_list.h"
#include "wire/bookmark.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kAutomaticMsMax = 5'000;
constexpr std::uint64_t kIntervalMsMax = 7ull * 24 * 3'600'000;  // Longer is a mistake.

Status invalid(const std::string& why) {
  return Status(AMPS_E_INVALID_OPTIONS, "conflation: " + why);
}

Status read_interval(std::string_view text, Conflation::Rules* out) {
  if (wire::option_is({text, {}, false}, "auto")) {
    out->is_automatic = true;
    out->interval_ms = kAutomaticMsMax;
    return {};
  }
  const auto interval_ns = wire::parse_interval_ns(text);
  if (!interval_ns || *interval_ns / 1'000'000 > kIntervalMsMax) {
    return invalid(std::string(text) + " is not an interval of at most a week");
  }
  out->interval_ms = (*interval_ns + 999'999) / 1'000'000;
  return {};
}

Status read_key(const Session& session, std::string_view list, KeyReader* out) {
  std::vector<std::string> paths;
  for_each_item(inside_brackets(list), [&](std::string_view item) {
    paths.emplace_back(item);
    return true;
  });
  const Status status = KeyReader::make(session.space()->format(), paths, out);
  return status.ok() ? Status() : invalid(status.text());
}

// Whether messages of the topic have something to be told apart by.
Status check_topic(const Session& session, const Subscription& subscription, const KeyReader& key) {
  if (subscription.pattern != nullptr) {
    if (!key.has_fields() || !subscription.out_of_focus) return {};
    return invalid("with oof the key is that of the topic, which differs between topics");
  }
  TopicSpace& space = *session.space();
  MutexLock lock(space.mutex());
  const Topic* const topic = space.find(subscription.topic);
  if (topic != nullptr && topic->queue != nullptr) return invalid("messages of queues are not conflated");
  const bool has_records = topic != nullptr && topic->store != nullptr && topic->store->records() != nullptr;
  if (!has_records)
    return key.has_fields() ? Status() : invalid("a topic without records needs conflation_key");
  if (!key.has_fields() || !subscription.out_of_focus || key.paths() == topic->store->key_fields()) return {};
  return invalid("with oof the key has to be that of the topic");
}

}  // namespace

Status make_conflation(const Session& session, const Command& command, const CommandOptions& options,
                       Subscription* subscription) {
  const bool is_wanted = options.conflation && !wire::option_is({*options.conflation, {}, false}, "none");
  if (!is_wanted) return options.conflation_key ? invalid("conflation_key without an interval") : Status();
  if (is_aggregated(options) || is_paged(command, options)) {
    return invalid("pages and aggregates are not conflated");
  }
  const wire::Header& header = *command.header;
  if (header.has(AMPS_Bookmark) &&
      wire::parse_bookmark(header.get(AMPS_Bookmark)).kind != wire::BookmarkKind::kNow) {
    return invalid("replays are not conflated in this version");
  }
  Conflation::Rules rules;
  AMPS_RETURN_IF_ERROR(read_interval(*options.conflation, &rules));
  if (options.conflation_key) AMPS_RETURN_IF_ERROR(read_key(session, *options.conflation_key, &rules.key));
  AMPS_RETURN_IF_ERROR(check_topic(session, *subscription, rules.key));
  if (rules.interval_ms == 0) return {};
  rules.knows_all = (header.command & kSubscribesWithQuery) != 0;
  subscription->conflation = std::make_unique<Conflation>(session.space(), subscription, std::move(rules));
  subscription->held_by = subscription->conflation.get();
  return {};
}

}  // namespace amps::broker

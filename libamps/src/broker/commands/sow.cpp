// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "base/limits.h"
#include "broker/command_options.h"
#include "broker/commands/commands.h"

namespace amps::broker {

namespace {

void refuse_topic(Session& session, const Command& command) {
  session.fail(command, "invalid topic", "topic has no state of the world");
}

// The selectors of sow_delete exclude one another (protocol 3.9).
int selector_count(const Command& command) noexcept {
  const wire::Header& header = *command.header;
  return static_cast<int>(header.has(AMPS_Filter)) + static_cast<int>(header.has(AMPS_Bookmark)) +
         static_cast<int>(header.has(AMPS_SowKeys) || header.has(AMPS_SowKey)) +
         static_cast<int>(!command.body.empty());
}

}  // namespace

void execute_sow(Session& session, const Command& command) {
  const wire::Header& header = *command.header;
  CommandOptions options;
  if (const Status status = parse_command_options(header.get(AMPS_Options), header.command, false, &options);
      !status.ok()) {
    return session.fail(command, status);
  }
  for (const FieldId field : {AMPS_TopN, AMPS_SkipN, AMPS_BatchSize}) {
    if (!header.has(field)) continue;
    const auto count = header.number(field);
    if (field == AMPS_BatchSize && count && *count > kBatchSizeMax) {
      return session.fail(command, "batch size too large", header.get(field));
    }
    if (!count || *count > INT32_MAX) return session.fail(command, "invalid options", header.get(field));
  }
  if (const std::string_view filter = header.get(AMPS_Filter); !filter.empty()) {
    std::unique_ptr<Filter> compiled;
    const Status status =
        session.services().filters.compile(filter, session.space()->message_type(), &compiled);
    if (!status.ok()) return session.fail(command, status);
  }
  refuse_topic(session, command);
}

void execute_sow_delete(Session& session, const Command& command) {
  if (selector_count(command) != 1) {
    return session.fail(command, "invalid options", "exactly one of filter, keys, body and bookmark");
  }
  refuse_topic(session, command);
}

}  // namespace amps::broker

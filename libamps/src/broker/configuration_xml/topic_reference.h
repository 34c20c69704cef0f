// SPDX-License-Identifier: Apache-2.0
// Names of topics and fields in views: `orders`, `[json].[orders]`, `[orders].[/id]` (broker 7.2).
// Threads: functions of their arguments.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "broker/configuration_state.h"

namespace amps::broker {

// "topic" or "[type].[topic]". Fails with AMPS_E_USAGE.
Status parse_topic_reference(std::string_view text, std::string* message_type, std::string* topic);
// "[type].[topic].[/path]"; the type may be left out, and brackets where a part has no dot.
Status parse_field_reference(std::string_view text, JoinField* out);
// "left = right".
Status parse_join(std::string_view text, ViewConfiguration::Join* out);

std::string format_topic_reference(const std::string& message_type, const std::string& topic);
std::string format_join(const ViewConfiguration::Join& join);

}  // namespace amps::broker

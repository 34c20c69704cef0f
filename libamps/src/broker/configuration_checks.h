// SPDX-License-Identifier: Apache-2.0
// What the parts of a configuration demand of each other.
// Threads: functions of their arguments.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"
#include "broker/configuration.h"

namespace amps::broker {

// Name and type of a topic, queue, view or conflated topic.
const std::string& state_name(const StateConfiguration& state) noexcept;
const std::string& state_message_type(const StateConfiguration& state) noexcept;
const std::string& state_place(const StateConfiguration& state) noexcept;
void set_state_place(const std::string& place, StateConfiguration* state);
// "View totals".
std::string state_title(const StateConfiguration& state);

// True when a topic of the transaction log covers the name. A pattern counts when it is the same text.
bool is_logged(const Configuration& configuration, std::string_view topic, std::string_view message_type);
// Topics, queues, views and the log fit each other. Fails with AMPS_E_USAGE; `*culprit` is the index of the
// entry of `sow` that is wrong.
Status check_state(const Configuration& configuration, std::size_t* culprit);
// Everything check_state() does, and what transports and the log name.
Status check_configuration(const Configuration& configuration);

}  // namespace amps::broker

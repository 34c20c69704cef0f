// SPDX-License-Identifier: Apache-2.0
// Actions (broker 13.5): of the documented modules, a publish when a message of a queue expires.
// Threads: functions of their arguments.
#pragma once

#include <vector>

#include "broker/configuration_state.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

// Appends what the element says.
Status read_actions(const Element& element, std::vector<ExpireActionConfiguration>* out, Warnings* warnings);
void write_actions(const std::vector<ExpireActionConfiguration>& actions, Element* root);
void describe_actions(std::vector<MemberDescription>* out);

}  // namespace amps::broker

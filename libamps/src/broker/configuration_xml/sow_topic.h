// SPDX-License-Identifier: Apache-2.0
// SOW/Topic (broker 3, 13.2).
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration_state.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

// Adds the state to `*out`, or fails with AMPS_E_USAGE.
Status read_sow_topic(const Element& element, std::vector<StateConfiguration>* out, Warnings* warnings);
void write_sow_topic(const SowTopicConfiguration& topic, Element* sow);
void describe_sow_topic(std::vector<MemberDescription>* out);

}  // namespace amps::broker

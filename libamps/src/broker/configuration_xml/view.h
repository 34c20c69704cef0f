// SPDX-License-Identifier: Apache-2.0
// SOW/View and SOW/ConflatedTopic (broker 6.2, 7.2, 13.2).
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration_state.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

// Add what they read to `*out`, or fail with AMPS_E_USAGE.
Status read_view(const Element& element, std::vector<StateConfiguration>* out, Warnings* warnings);
Status read_conflated_topic(const Element& element, std::vector<StateConfiguration>* out, Warnings* warnings);
void write_view(const ViewConfiguration& view, Element* sow);
void write_conflated_topic(const ConflatedTopicConfiguration& topic, Element* sow);
void describe_view(std::vector<MemberDescription>* out);
void describe_conflated_topic(std::vector<MemberDescription>* out);

}  // namespace amps::broker

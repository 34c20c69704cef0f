// SPDX-License-Identifier: Apache-2.0
// SOW: its topics, queues, views and conflated topics, in the order of the text.
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration_state.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

// Appends to `*out`, and to `*elements` where each entry came from.
Status read_sow(const Element& element, std::vector<StateConfiguration>* out,
                std::vector<const Element*>* elements, Warnings* warnings);
void write_sow(const std::vector<StateConfiguration>& sow, Element* root);
void describe_sow(std::vector<MemberDescription>* out);

}  // namespace amps::broker

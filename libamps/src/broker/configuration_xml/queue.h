// SPDX-License-Identifier: Apache-2.0
// SOW/Queue, LocalQueue and GroupLocalQueue (broker 9, 13.2).
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration_state.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

// Adds the queue to `*out`, or fails with AMPS_E_USAGE.
Status read_queue(const Element& element, std::vector<StateConfiguration>* out, Warnings* warnings);
void write_queue(const QueueConfiguration& queue, Element* sow);
void describe_queue(std::vector<MemberDescription>* out);

}  // namespace amps::broker

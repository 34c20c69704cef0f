// SPDX-License-Identifier: Apache-2.0
// MessageTypes/MessageType (broker 1.3, 13.2).
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

// Adds the types to `*out`, after checking that their parts are known to it.
Status read_message_types(const Element& element, Configuration* out, Warnings* warnings);
void write_message_types(const std::vector<MessageTypeConfiguration>& types, Element* root);
void describe_message_types(std::vector<MemberDescription>* out);

}  // namespace amps::broker

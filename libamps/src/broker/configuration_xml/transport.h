// SPDX-License-Identifier: Apache-2.0
// Transports/Transport (broker 11, 13.2).
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

// Adds the transports to `*out`. After the message types, which they name.
Status read_transports(const Element& element, Configuration* out, Warnings* warnings);
void write_transports(const std::vector<TransportConfiguration>& transports, Element* root);
void describe_transports(std::vector<MemberDescription>* out);

}  // namespace amps::broker

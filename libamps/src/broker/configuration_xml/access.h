// SPDX-License-Identifier: Apache-2.0
// Authentication and Entitlement: a Module and its Options (broker 12, 13.2).
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration_access.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

Status read_authentication(const Element& element, AuthenticationConfiguration* out, Warnings* warnings);
Status read_entitlement(const Element& element, EntitlementConfiguration* out, Warnings* warnings);
void write_authentication(const AuthenticationConfiguration& authentication, Element* parent);
void write_entitlement(const EntitlementConfiguration& entitlement, Element* parent);
void describe_access(std::vector<MemberDescription>* out);

}  // namespace amps::broker

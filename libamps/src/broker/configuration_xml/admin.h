// SPDX-License-Identifier: Apache-2.0
// Admin and Logging (broker 13.2, 14).
// Threads: functions of their arguments.
#pragma once

#include "broker/configuration_access.h"
#include "broker/configuration_xml/members.h"

namespace amps::broker {

Status read_admin(const Element& element, AdminConfiguration* out, Warnings* warnings);
// Adds the targets to `*out`.
Status read_logging(const Element& element, std::vector<LogTargetConfiguration>* out, Warnings* warnings);
void write_admin(const AdminConfiguration& admin, Element* root);
void write_logging(const std::vector<LogTargetConfiguration>& targets, Element* root);
void describe_admin(std::vector<MemberDescription>* out);

}  // namespace amps::broker

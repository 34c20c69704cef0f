// SPDX-License-Identifier: Apache-2.0
// RequiredMinimumVersion and SuggestedMinimumVersion: versions of AMPS, whose behaviour this broker serves.
// Threads: functions of their arguments.
#pragma once

#include <string>

#include "broker/configuration_xml/members.h"

namespace amps::broker {

// Fails with AMPS_E_USAGE when the text is no version, or a later one than is served.
Status check_required_version(const Element& element, const std::string& text);
// A later version is a warning.
Status check_suggested_version(const Element& element, const std::string& text, Warnings* warnings);

}  // namespace amps::broker

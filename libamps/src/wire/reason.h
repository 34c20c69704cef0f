// SPDX-License-Identifier: Apache-2.0
// Reason texts of failure acks: what our broker sends (broker 0.4) and what clients accept besides
// (protocol 3.0.5), with the result code of each.
// Threads: functions of their arguments.
#pragma once

#include <string_view>

#include "amps/amps_types.h"

namespace amps::wire {

// Ignores case and detail after a known text; AMPS_E_COMMAND when unknown.
amps_result reason_code(std::string_view reason) noexcept;
// The text our broker sends for a code; "" when there is none.
std::string_view reason_text(amps_result code) noexcept;

}  // namespace amps::wire

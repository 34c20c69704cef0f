// SPDX-License-Identifier: Apache-2.0
// The closed vocabularies of the header: commands and ack types (protocol 2.3, 3.0.2).
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <string_view>

namespace amps::wire {

// The command bit of a command's text; "publish" and "p" are the same. 0 when unknown.
std::uint32_t command_of(std::string_view text) noexcept;
// The text written for a command bit; "publish" for display when `full`. Empty when unknown.
std::string_view command_text(std::uint32_t command, bool full = false) noexcept;
// Bits of a comma list of ack types; unknown words are left out.
std::uint32_t ack_types_of(std::string_view list) noexcept;
// The comma list of ack bits, in the order received, parsed, processed, persisted, completed, stats. Static.
std::string_view ack_types_text(std::uint32_t ack_types) noexcept;

}  // namespace amps::wire

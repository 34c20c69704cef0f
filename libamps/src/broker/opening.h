// SPDX-License-Identifier: Apache-2.0
// What a connection begins with: frames, a zlib stream, an HTTP upgrade, or something that does not
// belong here (protocol 1.2).
// Threads: functions of their arguments.
#pragma once

#include <string_view>

namespace amps::broker {

enum class Opening {
  kUnknown,  // More bytes are needed.
  kFrames,
  kZlib,
  kHttp,
  kForeign,  // See foreign_opening_text().
};

Opening classify_opening(std::string_view received) noexcept;
// What the peer probably speaks, for the log. Static.
std::string_view foreign_opening_text(std::string_view received) noexcept;

}  // namespace amps::broker

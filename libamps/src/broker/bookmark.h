// SPDX-License-Identifier: Apache-2.0
// Where a replay is asked to begin (protocol 6.1).
// Threads: functions of their arguments.
#pragma once

#include <string_view>

namespace amps::broker {

enum class BookmarkStart {
  kNow,     // 0|1|: only messages from now on.
  kReplay,  // The log is needed: the epoch, messages, times, a list, a range.
  kMalformed,
};

BookmarkStart parse_bookmark(std::string_view text) noexcept;

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Where a replay begins and where it ends, worked out from what a client wrote (broker 10.6, 10.10):
// bookmarks, times, lists and ranges become places in this instance's log.
// Threads: any. Blocks: resolve() as Journal::find() does.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/status.h"
#include "broker/journal/journal.h"

namespace amps::broker {

// Where a replay begins when none of its bookmarks is in the log.
enum class NotFound { kNow, kEpoch, kFail };

struct ReplayBounds {
  LogPosition from;
  std::uint64_t from_us = 0;         // Records of an earlier time are passed over.
  std::optional<LogPosition> to;     // Where it ends; none: see to_us.
  std::uint64_t to_us = UINT64_MAX;  // The last time that belongs to it.

  bool is_endless() const noexcept { return !to && to_us == UINT64_MAX; }
  friend bool operator==(const ReplayBounds& left, const ReplayBounds& right) noexcept {
    return left.from == right.from && left.from_us == right.from_us && left.to == right.to &&
           left.to_us == right.to_us;
  }

  // Fails with AMPS_E_INVALID_BOOKMARK, with the reason `bookmark not found`, and with AMPS_E_STORE when the
  // log cannot be read. `now` is the end of the log at the moment the replay is about.
  static Status resolve(std::string_view text, NotFound not_found, const LogEnd& now, Journal* journal,
                        ReplayBounds* out);
};

}  // namespace amps::broker

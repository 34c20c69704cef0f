// SPDX-License-Identifier: Apache-2.0
// One cursor over the log. While it exists, the files from its place on are not removed.
// Threads: one at a time. Blocks: as files do, when the place is not near the end of the log.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "broker/journal/log_position.h"

namespace amps::broker {

class LogReader {
 public:
  virtual ~LogReader() = default;
  virtual LogPosition position() const noexcept = 0;
  virtual void seek(LogPosition position) = 0;  // Between two records.
  // Reads the next record before `limit`, which lies between two records too, and goes past it. False: there
  // is none. Its views die at the next call. Fails with AMPS_E_STORE when the file is damaged or gone.
  virtual Status next(LogPosition limit, bool* found, JournalRecord* out) = 0;
  // Where the record that was read last begins.
  virtual LogPosition record_begin() const noexcept = 0;
};

}  // namespace amps::broker

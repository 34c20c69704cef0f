// SPDX-License-Identifier: Apache-2.0
// Where log lines go. The library never writes to stderr by itself; who owns it gives it a sink.
// Threads: log() is called on any thread, without a lock held. Blocks: a sink must not.
#pragma once

#include <string_view>

#include "amps/amps_broker.h"

namespace amps {

class LogSink {
 public:
  virtual ~LogSink() = default;
  // False: the line would be dropped, so that its maker need not make it.
  virtual bool wants(amps_log_level_t level) const noexcept = 0;
  // One line without its end. Passwords never appear in it, and bodies at level trace only.
  virtual void log(amps_log_level_t level, std::string_view line) noexcept = 0;
};

// Drops everything. Threads: any.
LogSink& null_log_sink() noexcept;
// "trace", "debug", "info", "warning" or "error".
std::string_view log_level_text(amps_log_level_t level) noexcept;

}  // namespace amps

// SPDX-License-Identifier: Apache-2.0
// Makes lines for a log sink, each with its number first. What came from a peer is escaped, so that it can
// neither begin a line of its own nor steer a terminal; passwords have no way in. Threads: one at a time uses
// an object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "broker/log_ids.h"

namespace amps::broker {

class LogLine {
 public:
  // Collects nothing when the sink does not want the level.
  LogLine(LogSink& sink, amps_log_level_t level, LogId id)
      : sink_(sink), level_(level), on_(sink.wants(level)) {
    if (on_) text_.append(log_number(id)).push_back(' ');
  }
  ~LogLine() {
    if (on_) sink_.log(level_, text_);
  }
  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;

  LogLine& operator<<(std::string_view text);  // Escapes, and cuts what is very long.
  LogLine& operator<<(std::uint64_t number);

 private:
  LogSink& sink_;
  const amps_log_level_t level_;
  const bool on_;
  std::string text_;
};

// Keeps lines back while a lock is held, because no sink may run under one.
class DeferredLog final : public LogSink {
 public:
  explicit DeferredLog(LogSink& sink) noexcept : sink_(sink) {}
  bool wants(amps_log_level_t level) const noexcept override { return sink_.wants(level); }
  void log(amps_log_level_t level, std::string_view line) noexcept override;
  void hold() noexcept { holding_ = true; }
  void release() noexcept;  // Passes on what was held. Without a lock.

 private:
  LogSink& sink_;
  bool holding_ = false;
  std::vector<std::pair<amps_log_level_t, std::string>> held_;
  std::uint64_t dropped_ = 0;
};

}  // namespace amps::broker

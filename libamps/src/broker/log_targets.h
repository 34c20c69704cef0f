// SPDX-License-Identifier: Apache-2.0
// The log targets of the configuration, besides the sink of the program: standard output, standard error and
// files that rotate (broker 14.4). Lines are written by a thread of their own, because a disk may be slow;
// when too many wait, lines are dropped, and their number is logged.
// Threads: log() from any, without a lock; open(), start() and stop() by the owner. Blocks: stop(), until
// what waits is written. Lock rank: kLeaf.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/status.h"
#include "base/sync.h"
#include "base/thread.h"
#include "broker/configuration_access.h"
#include "broker/topic_pattern.h"

namespace amps::broker {

// "%n" and the codes of strftime in UTC.
std::string expand_log_name(std::string_view pattern, std::uint64_t number, std::uint64_t utc_us);

class LogTargets final : public LogSink {
 public:
  LogTargets(LogSink* program, const Clock* clock, FileIo* file_io)
      : program_(*program), clock_(*clock), file_io_(file_io) {}
  ~LogTargets() override { stop(); }

  // Fails when a file cannot be opened. Without targets there is no thread.
  Status open(const std::vector<LogTargetConfiguration>& targets);
  void stop() noexcept;

  bool wants(amps_log_level_t level) const noexcept override;
  void log(amps_log_level_t level, std::string_view line) noexcept override;

 private:
  using Patterns = std::vector<std::unique_ptr<TopicPattern>>;
  struct Target {
    LogTargetConfiguration configuration;
    Patterns included;
    Patterns excluded;
    // Lines of this level may go there: what is included lies anywhere, so all are wanted, but traffic, of
    // which there is much, when its number is meant.
    amps_log_level_t level = AMPS_LOG_WARNING;
    std::unique_ptr<File> file;  // None: a standard stream, or one that failed.
    std::uint64_t size = 0;
    std::uint64_t number = 0;
  };
  struct Line {
    amps_log_level_t level;
    std::string number;
    std::string text;
  };
  Status open_next(Target* target);
  static bool is_for(const Target& target, const Line& line) noexcept;
  void run();
  void write(Target* target, const std::vector<Line>& lines);

  LogSink& program_;
  const Clock& clock_;
  FileIo* const file_io_;
  std::vector<Target> targets_;  // Constant once the thread runs, but for files, which are the thread's.
  Thread thread_;

  Mutex mutex_{LockRank::kLeaf};
  CondVar changed_;
  std::vector<Line> waiting_ AMPS_GUARDED_BY(mutex_);
  std::size_t waiting_bytes_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t dropped_ AMPS_GUARDED_BY(mutex_) = 0;
  bool stopping_ AMPS_GUARDED_BY(mutex_) = false;
};

}  // namespace amps::broker

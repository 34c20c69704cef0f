// SPDX-License-Identifier: Apache-2.0
#include "broker/log_targets.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "broker/log_ids.h"
#include "wire/timestamp.h"

namespace amps::broker {

namespace {

constexpr std::size_t kWaitingBytesMax = 4u << 20;
constexpr int kNamesTried = 100'000;  // Numbers of files that are there already.

constexpr std::size_t kThreadNameBytes = 16;  // The most a system keeps.

// Of the calling thread; it says which part of the broker a line is from.
const char* thread_name(char (&name)[kThreadNameBytes]) noexcept {
  return ::pthread_getname_np(::pthread_self(), name, sizeof name) == 0 ? name : "?";
}

constexpr std::size_t kNumberBytes = 7;

using Patterns = std::vector<std::unique_ptr<TopicPattern>>;

Status compile(const std::vector<std::string>& texts, Patterns* out) {
  for (const std::string& text : texts)
    AMPS_RETURN_IF_ERROR(TopicPattern::compile(text, &out->emplace_back()));
  return {};
}

bool any_matches(const Patterns& patterns, std::string_view number) noexcept {
  return std::any_of(patterns.begin(), patterns.end(), [number](const auto& pattern) {
    return pattern->matches(number) == PatternMatch::kYes;
  });
}

// The descriptor belongs to the program; a stream that fails is not ours to mend.
void write_all(int fd, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ::ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string expand_log_name(std::string_view pattern, std::uint64_t number, std::uint64_t utc_us) {
  std::string numbered;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern.substr(at, 2) == "%n") {
      numbered += std::to_string(number);
      ++at;
    } else if (pattern.substr(at, 2) == "%%") {
      numbered += "%%";
      ++at;
    } else {
      numbered += pattern[at];
    }
  }
  if (numbered.find('%') == std::string::npos) return numbered;
  const auto seconds = static_cast<std::time_t>(utc_us / 1'000'000);
  std::tm time{};
  ::gmtime_r(&seconds, &time);
  char name[4096];
  const std::size_t size = std::strftime(name, sizeof name, numbered.c_str(), &time);
  return size == 0 ? numbered : std::string(name, size);
}

Status LogTargets::open(const std::vector<LogTargetConfiguration>& targets) {
  for (const LogTargetConfiguration& configured : targets) {
    Target& target = targets_.emplace_back();
    target.configuration = configured;
    AMPS_RETURN_IF_ERROR(compile(configured.included, &target.included));
    AMPS_RETURN_IF_ERROR(compile(configured.excluded, &target.excluded));
    target.level = configured.level;
    if (!target.included.empty()) target.level = std::min(target.level, AMPS_LOG_DEBUG);
    if (any_matches(target.included, log_number(LogId::kTraffic))) target.level = AMPS_LOG_TRACE;
    if (configured.protocol == LogTargetConfiguration::Protocol::kFile) {
      AMPS_RETURN_IF_ERROR(open_next(&target));
    }
  }
  if (targets_.empty()) return {};
  return thread_.start("ampsd-log", [this] { run(); });
}

// Goes on in the file of the next number that has room.
Status LogTargets::open_next(Target* target) {
  const std::uint64_t size_max = target->configuration.rotation_bytes;
  target->file.reset();
  for (int i = 0; i < kNamesTried; ++i) {
    const std::string name =
        expand_log_name(target->configuration.file_name, ++target->number, clock_.utc_us());
    AMPS_RETURN_IF_ERROR(file_io_->open(name, OpenMode::kCreate, &target->file));
    AMPS_RETURN_IF_ERROR(target->file->size(&target->size));
    if (size_max == 0 || target->size < size_max) return {};
  }
  target->file.reset();
  return Status(AMPS_E_STORE, target->configuration.file_name + ": too many files of that name");
}

void LogTargets::stop() noexcept {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool LogTargets::wants(amps_log_level_t level) const noexcept {
  return program_.wants(level) ||
         std::any_of(targets_.begin(), targets_.end(),
                     [level](const Target& target) { return level >= target.level; });
}

void LogTargets::log(amps_log_level_t level, std::string_view line) noexcept {
  if (program_.wants(level)) program_.log(level, line);
  if (targets_.empty()) return;
  wire::TimestampText timestamp;
  char name[kThreadNameBytes];
  Line entry{level, std::string(line.substr(0, kNumberBytes)), std::string(timestamp.of(clock_.utc_us()))};
  entry.text.append(" [").append(thread_name(name)).append("] ").append(log_level_text(level));
  entry.text.append(" ").append(line).append("\n");
  {
    MutexLock lock(mutex_);
    if (waiting_bytes_ + entry.text.size() > kWaitingBytesMax) {
      ++dropped_;
      return;
    }
    waiting_bytes_ += entry.text.size();
    waiting_.push_back(std::move(entry));
  }
  changed_.notify_one();
}

void LogTargets::run() {
  for (bool goes_on = true; goes_on;) {
    std::vector<Line> lines;
    std::uint64_t dropped = 0;
    {
      MutexLock lock(mutex_);
      while (waiting_.empty() && !stopping_) changed_.wait(mutex_);
      lines.swap(waiting_);
      waiting_bytes_ = 0;
      dropped = std::exchange(dropped_, 0);
      goes_on = !stopping_;
    }
    if (dropped != 0) {
      lines.push_back({AMPS_LOG_WARNING, std::string(log_number(LogId::kLinesDropped)),
                       "warning " + std::string(log_number(LogId::kLinesDropped)) + " " +
                           std::to_string(dropped) + " lines were dropped\n"});
    }
    for (Target& target : targets_) write(&target, lines);
  }
}

bool LogTargets::is_for(const Target& target, const Line& line) noexcept {
  if (any_matches(target.excluded, line.number)) return false;
  return line.level >= target.configuration.level || any_matches(target.included, line.number);
}

void LogTargets::write(Target* target, const std::vector<Line>& lines) {
  using Protocol = LogTargetConfiguration::Protocol;
  const LogTargetConfiguration& configured = target->configuration;
  std::string bytes;
  for (const Line& line : lines) {
    if (is_for(*target, line)) bytes += line.text;
  }
  if (bytes.empty()) return;
  if (configured.protocol != Protocol::kFile) {
    return write_all(configured.protocol == Protocol::kStdout ? STDOUT_FILENO : STDERR_FILENO, bytes);
  }
  if (configured.rotation_bytes != 0 && target->size >= configured.rotation_bytes) {
    static_cast<void>(open_next(target));
  }
  // A full disk must not end the broker; it has other ways to say so.
  if (target->file != nullptr && target->file->write_at(target->size, bytes).ok())
    target->size += bytes.size();
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/keeper.h"

#include <chrono>

#include "broker/log_line.h"

namespace amps::broker {

namespace {

constexpr std::chrono::seconds kInterval(10);  // Ages are configured in hours and days.

}  // namespace

JournalKeeper::~JournalKeeper() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

Status JournalKeeper::start() {
  if (configuration_.archive_after_ms == 0 && configuration_.remove_after_ms == 0) return {};
  return thread_.start("ampsd-keeper", [this] { run(); });
}

void JournalKeeper::run() {
  do {
    run_once();
  } while (wait());
}

// False: it is time to stop.
bool JournalKeeper::wait() {
  const auto deadline = std::chrono::steady_clock::now() + kInterval;
  MutexLock lock(mutex_);
  while (!stopping_ && wake_.wait_until(mutex_, deadline)) {
  }
  return !stopping_;
}

void JournalKeeper::run_once() {
  const std::uint64_t now_us = clock_.utc_us();
  const auto before = [now_us](std::uint64_t age_ms) {
    return now_us < age_ms * 1000 ? 0 : now_us - age_ms * 1000;
  };
  std::uint64_t count = 0;
  if (configuration_.remove_after_ms != 0) {
    const Status status = journal_.remove_before(before(configuration_.remove_after_ms), &count);
    report("removed", status, count);
  }
  if (configuration_.archive_after_ms != 0) {
    const Status status = journal_.archive_before(before(configuration_.archive_after_ms), &count);
    report("archived", status, count);
  }
}

void JournalKeeper::report(const char* what, const Status& status, std::uint64_t count) {
  if (count != 0) LogLine(log_, AMPS_LOG_INFO, LogId::kLogFiles) << count << " journal files were " << what;
  if (!status.ok())
    LogLine(log_, AMPS_LOG_ERROR, LogId::kLogFilesFailed)
        << "journal files were not " << what << ": " << status.text();
}

}  // namespace amps::broker

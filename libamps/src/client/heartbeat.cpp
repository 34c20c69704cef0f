// SPDX-License-Identifier: Apache-2.0
#include "client/heartbeat.h"

#include <algorithm>
#include <string>

#include "client/client.h"
#include "client/outbound.h"

namespace amps::client {
namespace {

constexpr std::uint64_t kTicksPerInterval = 4;  // A beat is at most a quarter interval late.

Status send_heartbeat(Connection& connection, std::string_view options) {
  wire::Header header;
  header.command = AMPS_COMMAND_Heartbeat;
  header.set(AMPS_Command, "heartbeat");
  header.set(AMPS_Options, options);
  return connection.client().outbound().send(header, {}, SendMode::kInternal, connection.generation());
}

}  // namespace

void Heartbeat::set(std::uint32_t interval_s, std::uint32_t timeout_s) {
  const MutexLock lock(mutex_);
  interval_ms_ = std::uint64_t{interval_s} * 1000;
  timeout_ms_ = timeout_s != 0 ? std::uint64_t{timeout_s} * 1000 : 2 * interval_ms_;
  generation_ = 0;
}

bool Heartbeat::is_set() const {
  const MutexLock lock(mutex_);
  return interval_ms_ != 0;
}

Status Heartbeat::start(Connection& connection) {
  std::uint64_t interval_ms = 0;
  {
    const MutexLock lock(mutex_);
    interval_ms = interval_ms_;
    generation_ = interval_ms == 0 ? 0 : connection.generation();
    reads_ = connection.reads();
    writes_ = connection.writes();
    last_read_ms_ = last_write_ms_ = now_ms();
  }
  AMPS_RETURN_IF_ERROR(send_heartbeat(
      connection, interval_ms == 0 ? std::string("stop") : "start," + std::to_string(interval_ms / 1000)));
  if (interval_ms != 0) connection.client().wake_timer(now_ms() + interval_ms / kTicksPerInterval);
  return Status();
}

Heartbeat::Verdict Heartbeat::judge(Connection& connection, std::uint64_t now) {
  now = std::max({now, last_read_ms_, last_write_ms_});  // The timer looked at the clock before start() did.
  if (connection.reads() != reads_ || connection.is_backlog_full()) {
    reads_ = connection.reads();
    last_read_ms_ = now;
  }
  if (connection.writes() != writes_) {
    writes_ = connection.writes();
    last_write_ms_ = now;
  }
  if (now - last_read_ms_ >= timeout_ms_) return Verdict::kDead;
  const std::uint64_t tick_ms = interval_ms_ / kTicksPerInterval;
  return now - last_write_ms_ + tick_ms > interval_ms_ ? Verdict::kBeat : Verdict::kFine;
}

std::uint64_t Heartbeat::tick(Connection& connection, std::uint64_t now) {
  {
    const MutexLock lock(mutex_);
    if (interval_ms_ == 0 || generation_ != connection.generation()) return TimerTask::kNever;
  }
  connection.help();  // With a stuck handler nobody else sees that the server is alive.
  Verdict verdict = Verdict::kFine;
  std::uint64_t interval_ms = 0;
  std::uint64_t timeout_ms = 0;
  {
    const MutexLock lock(mutex_);
    verdict = judge(connection, now);
    interval_ms = interval_ms_;
    timeout_ms = timeout_ms_;
  }
  if (verdict == Verdict::kDead) {
    connection.fail(Status(AMPS_E_DISCONNECTED, "nothing was received for " + std::to_string(timeout_ms) +
                                                    " ms, the heartbeat time-out"));
    return TimerTask::kNever;
  }
  if (verdict == Verdict::kBeat) (void)send_heartbeat(connection, "beat");
  return now + interval_ms / kTicksPerInterval;
}

}  // namespace amps::client

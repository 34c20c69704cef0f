// SPDX-License-Identifier: Apache-2.0
// A broker: its listeners, its event loops, and what its sessions share.
// Threads: start, stop and addresses by one thread at a time; the rest from any. Blocks: start until
// every transport listens, stop until every thread has ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/status.h"
#include "broker/configuration.h"
#include "broker/security/authenticator.h"
#include "broker/security/rights_source.h"
#include "broker/statistics.h"

namespace amps::broker {

const char* broker_version() noexcept;  // Static.

// What a broker uses and does not own.
struct BrokerParts {
  LogSink* log = &null_log_sink();
  // Decides instead of the instance's module. Owned by the program too, and by a worker that asks it.
  std::shared_ptr<Authenticator> authenticator;
  std::shared_ptr<RightsSource> rights;  // The same about rights.
  const Clock* clock = &SystemClock::instance();
  FileIo* file_io = &system_file_io();
};

struct BoundTransport {
  std::string name;
  TransportType type = TransportType::kTcp;
  std::string host;
  std::uint16_t port = 0;
  std::string message_type;
  std::string path;  // Of a Unix socket.
};

struct RunningBroker;

class Broker {
 public:
  Broker(Configuration configuration, const BrokerParts& parts);
  ~Broker();  // Stops.
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // Listens on every transport, or fails and listens on none. A stopped broker may be started again.
  Status start();
  // Does what a start does up to the point where others would notice: reads and checks the configuration and
  // every file, and neither listens nor changes anything. What a start would refuse is the failure.
  Status check();
  void stop() noexcept;
  // Stops as a killed process would: what waits for the disk is not written. For tests of programs.
  void crash() noexcept;
  // Waits until what was published by now is in the log, in its queues, in views and in conflated topics;
  // these do not wait for the ends of their intervals. Fails with AMPS_E_TIMED_OUT, and while the log takes
  // nothing. Requires: it runs.
  Status drain(std::chrono::steady_clock::time_point deadline);
  bool is_running() const noexcept { return running_ != nullptr; }
  const std::vector<BoundTransport>& transports() const noexcept { return bound_; }
  // Where statistics are served; none: nowhere, or not running.
  const std::optional<BoundTransport>& admin() const noexcept { return admin_; }
  const Configuration& configuration() const noexcept { return configuration_; }
  std::string statistics_json() const;
  // After a clock that is moved by hand was moved: topics do what is due before this returns, and the loops
  // of connections are woken. Requires: it runs.
  void notice_time();

 private:
  Status prepare();

  Configuration configuration_;
  const BrokerParts parts_;
  Statistics statistics_;
  std::vector<BoundTransport> bound_;
  std::optional<BoundTransport> admin_;
  std::unique_ptr<RunningBroker> running_;
};

}  // namespace amps::broker

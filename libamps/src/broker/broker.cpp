// SPDX-License-Identifier: Apache-2.0
#include "broker/broker.h"

#include <unistd.h>

#include <utility>

#include "broker/configuration_checks.h"
#include "broker/configuration_served.h"
#include "broker/file_report.h"
#include "broker/journal/durable_wait.h"
#include "broker/log_line.h"
#include "broker/read_only_file_io.h"
#include "broker/running_broker.h"

namespace amps::broker {

// The build defines it, so that it is written in one place only.
const char* broker_version() noexcept {
  return AMPS_PROJECT_VERSION "-broker";
}

Broker::Broker(Configuration configuration, const BrokerParts& parts)
    : configuration_(std::move(configuration)), parts_(parts) {}

Broker::~Broker() {
  stop();
}

Status Broker::prepare() {
  if (configuration_.transports.empty()) configuration_.add_default_transport();
  AMPS_RETURN_IF_ERROR(check_configuration(configuration_));
  return check_served(configuration_);
}

Status Broker::start() {
  if (running_ != nullptr) return Status(AMPS_E_USAGE, "broker is running");
  AMPS_RETURN_IF_ERROR(prepare());
  auto running = std::make_unique<RunningBroker>(configuration_, parts_, &statistics_);
  AMPS_RETURN_IF_ERROR(running->open());
  for (const std::string& warning : configuration_.warnings) {
    LogLine(running->log, AMPS_LOG_WARNING, LogId::kConfigurationRemark) << "configuration: " << warning;
  }
  AMPS_RETURN_IF_ERROR(running->run());
  bound_.clear();
  for (const auto& transport : running->transports) {
    const TransportConfiguration& configured = *transport->configuration;
    bound_.push_back({configured.name, configured.type, transport->listener.host(),
                      transport->listener.port(), configured.message_type, transport->listener.unix_path()});
    if (!configured.is_enabled) continue;
    LogLine(running->log, AMPS_LOG_INFO, LogId::kListening)
        << "transport " << configured.name << " listens on " << transport->listener.host() << ":"
        << std::uint64_t{transport->listener.port()} << transport->listener.unix_path();
  }
  admin_.reset();
  if (running->admin != nullptr) {
    const net::Listener& listener = running->admin->listener();
    admin_ = BoundTransport{"admin", TransportType::kTcp, listener.host(), listener.port(), {}, {}};
    LogLine(running->log, AMPS_LOG_INFO, LogId::kListening)
        << "statistics on " << listener.host() << ":" << std::uint64_t{listener.port()};
  }
  LogLine(running->log, AMPS_LOG_INFO, LogId::kStarted)
      << "instance " << configuration_.name << " has started, version " << broker_version();
  running_ = std::move(running);
  return {};
}

Status Broker::check() {
  if (running_ != nullptr) return Status(AMPS_E_USAGE, "broker is running");
  AMPS_RETURN_IF_ERROR(prepare());
  ReadOnlyFileIo files(parts_.file_io);
  BrokerParts parts = parts_;
  parts.file_io = &files;
  Statistics statistics;
  RunningBroker trial(configuration_, parts, &statistics);
  trial.only_tries = true;
  AMPS_RETURN_IF_ERROR(trial.open());
  report_files(configuration_, trial.spaces, trial.journal.get(), trial.recovered_count, &trial.log);
  return {};
}

void Broker::stop() noexcept {
  if (running_ == nullptr) return;
  if (running_->process_id != ::getpid()) {
    // A child made by fork: our threads do not exist here, and epoll sets and sockets are the parent's.
    static_cast<void>(running_.release());
    return;
  }
  running_.reset();
}

void Broker::crash() noexcept {
  if (running_ != nullptr) running_->crashes = true;
  stop();
}

Status Broker::drain(std::chrono::steady_clock::time_point deadline) {
  const auto late = [] { return Status(AMPS_E_TIMED_OUT, "views and conflated topics are behind"); };
  if (!running_->views.catch_up(deadline)) return late();
  if (Journal* const journal = running_->journal.get()) {
    const std::uint64_t txid = journal->appended_end().txid;
    AMPS_RETURN_IF_ERROR(DurableWait(journal).run(txid, deadline));
    if (running_->queues != nullptr && !running_->queues->wait_until_fed(txid, deadline))
      return Status(AMPS_E_TIMED_OUT, "queues do not have transaction " + std::to_string(txid) + " yet");
    if (!running_->views.catch_up(deadline)) return late();  // Queues may have published what expired.
  }
  return {};
}

std::string Broker::statistics_json() const {
  const std::uint64_t waiting =
      running_ == nullptr ? 0 : running_->limits.total_bytes.load(std::memory_order_relaxed);
  return statistics_.json(configuration_.name, waiting);
}

void Broker::notice_time() {
  for (const auto& space : running_->spaces.all()) space->run_timed_work();
  running_->logon_desk.notice_time();
  for (const auto& thread : running_->threads) thread->loop().wake();
  if (running_->admin != nullptr) running_->admin->loop().wake();
}

}  // namespace amps::broker

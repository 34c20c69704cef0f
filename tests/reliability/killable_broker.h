// SPDX-License-Identifier: Apache-2.0
// A broker with a transaction log, in a process that can be killed and come back with the same log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "broker/configuration.h"
#include "broker/journal/journal.h"
#include "forked_process.h"

namespace amps::test {

// Runs from the beginning on, on a free port of loopback and a Unix socket. Socket and log are in
// `directory`.
class KillableBroker {
 public:
  explicit KillableBroker(std::string directory);  // Throws when it does not start.
  void kill() { process_.reset(); }
  void start();  // Again, with what the log has.
  bool is_running() const noexcept { return process_ != nullptr; }

  std::uint16_t port() const noexcept { return port_; }  // Another one after each start.
  std::string socket() const { return directory_ + "/socket"; }
  std::string uri() const;  // Of the socket, so it stays.

  // Reads the log as a start does. Requires: it does not run.
  Status visit_log(const std::function<void(const broker::JournalRecord&)>& visit) const;

 private:
  broker::TransactionLogConfiguration log() const;
  [[noreturn]] void run(int report) const;

  const std::string directory_;
  std::unique_ptr<ForkedProcess> process_;
  std::uint16_t port_ = 0;
};

}  // namespace amps::test

// SPDX-License-Identifier: Apache-2.0
// Brings the session of an HA client up: chooser, delay, connect, logon, replay, heartbeats,
// subscriptions (protocol 8.3), until it works or somebody gives up.
// Threads: one at a time for each client; the session sees to that. Blocks.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/status.h"
#include "client/connection.h"
#include "client/plugin.h"

namespace amps::client {

class Client;
using ConnectionPtr = std::shared_ptr<Connection>;

class Recovery {
 public:
  // @param has_caller  who waits for run() is told at once when an authenticator fails; after a loss nobody
  //                    does, and the next attempt may do better
  Recovery(Client& client, bool has_caller) noexcept : client_(client), has_caller_(has_caller) {}
  // For all runs together; 0: none.
  void limit(std::uint64_t timeout_ms);
  // @param epoch  of the session when this began: a disconnect ends it
  Status run(std::uint64_t epoch);

 private:
  // *is_final: there is no point in another attempt.
  Status attempt(std::uint64_t epoch, bool* is_final);
  Status choose(const ServerChooserPlugin& chooser, std::string* uri);
  Status bring_up(const ServerChooserPlugin& chooser, const std::string& uri);
  Status resubscribe(const ConnectionPtr& connection);

  Client& client_;
  const bool has_caller_;
  bool has_authenticator_failed_ = false;  // In this attempt.
  std::uint64_t limit_ms_ = 0;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace amps::client

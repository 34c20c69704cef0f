// SPDX-License-Identifier: Apache-2.0
// Commands: ids and acks a program left open, routes, sending, waiting, trying again.
// Threads: any. Blocks: execute, flush and ask, for an acknowledgement.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/sync.h"
#include "client/ack_tracker.h"
#include "client/callback.h"
#include "client/message.h"
#include "client/outbound.h"
#include "client/route.h"
#include "client/wait_limit.h"

namespace amps::client {

class Client;

// What an ack that is no success means.
Status command_failure(std::string_view what, const Ack& ack);

// The ids a command went out with; empty when it has none of the kind.
struct CommandIds {
  std::string command, subscription, query;
  const std::string& main() const noexcept {
    return !subscription.empty() ? subscription : !query.empty() ? query : command;
  }
};

class Commands {
 public:
  // Beside AMPS_EXECUTE_: only if the handler is one that a subscription manager was given and that is still
  // wanted.
  static constexpr std::uint32_t kOnlyKept = 1u << 31;

  explicit Commands(Client& client) noexcept : client_(client) {}

  std::string next_id();
  // `handler` may be NULL. It is released when the command's route has gone.
  Status execute(const Message& command, HandlerPtr handler, std::uint32_t timeout_ms, std::uint32_t flags,
                 CommandIds* ids);
  // Empty: all.
  Status unsubscribe(std::string_view ids);
  Status send(const Message& message);
  Status flush(std::uint32_t timeout_ms, std::uint32_t ack_type);
  // Forgets a subscription the server does not have.
  void drop(std::string_view sub_id) { forget(sub_id); }
  void add_route(std::string_view id, HandlerPtr handler, std::uint32_t ack_types, bool is_subscription);
  bool remove_route(std::string_view id);
  // Sends and waits. Fails when no ack came; a refusal is in the ack.
  Status ask(const wire::Header& header, std::string_view body, std::uint32_t ack_type, SendMode mode,
             std::uint64_t generation, const WaitLimit& limit, Ack* ack);
  // A deliberate disconnect ends all subscriptions.
  void forget_all() AMPS_EXCLUDES(mutex_);

 private:
  struct Prepared;

  void prepare(const Message& command, std::uint32_t flags, Prepared* prepared);
  void prepare_bookmark(const Message& command, Prepared* prepared);
  HandlerPtr known_handler(HandlerPtr handler, const std::string& sub_id) AMPS_EXCLUDES(mutex_);
  void make_route(Prepared* prepared, HandlerPtr handler);
  Status attempt(Prepared* prepared, const Message& command, const WaitLimit& limit);
  Status send_prepared(Prepared* prepared, const Message& command, const WaitLimit& limit);
  bool may_retry(const WaitLimit& limit, Status* status);
  void take_back(const Prepared& prepared, const Status& why);
  Status wait(AckWaiter* waiter, const WaitLimit& limit, Ack* ack);
  void remember(const Prepared& prepared, const Message& command) AMPS_EXCLUDES(mutex_);
  void forget(std::string_view id) AMPS_EXCLUDES(mutex_);
  Status send_unsubscribe(std::string_view sub_ids, std::string_view query_ids);

  Client& client_;
  std::atomic<std::uint64_t> last_id_{0};
  Mutex mutex_{LockRank::kClientSettings};
  // Handlers that subscription managers know by function and userdata, by subscription id.
  std::map<std::string, HandlerPtr, std::less<>> kept_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::client

// SPDX-License-Identifier: Apache-2.0
// A client: its parts and its life.
// Threads: any. Owns: everything below; threads, streams and copied messages hold its memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/sync.h"
#include "client/ack_tracker.h"
#include "client/client_body.h"
#include "client/commands.h"
#include "client/delivery_turn.h"
#include "client/heartbeat.h"
#include "client/listeners.h"
#include "client/outbound.h"
#include "client/plugins.h"
#include "client/publisher.h"
#include "client/queue_acks.h"
#include "client/router.h"
#include "client/session.h"
#include "client/settings.h"
#include "client/thread_set.h"
#include "client/timer.h"

namespace amps::client {

class Client final : public amps_client, private TimerTask {
 public:
  // Counted once for the caller. @param kind AMPS_CLIENT_KIND_
  Client(std::string name, std::uint32_t kind);
  static Client* from(amps_client_t* client) noexcept { return static_cast<Client*>(client); }

  void retain() noexcept { reference_count.fetch_add(1, std::memory_order_relaxed); }
  // False when the last reference has gone already.
  bool try_retain() noexcept;
  void release();

  bool is_ha() const noexcept { return kind == AMPS_CLIENT_KIND_HA; }
  // Made by an ancestor of this process.
  bool is_foreign() const noexcept;
  // AMPS_E_USAGE where a wait for the server would never end.
  Status may_wait() const;
  void report(std::int32_t code, std::string_view text) const { listeners_.report(code, text); }
  // Makes the timer thread look at this client by then.
  void wake_timer(std::uint64_t at_ms) { schedule(this, at_ms); }
  void set_failure(const Status& status) AMPS_EXCLUDES(failure_mutex_);
  Status failure() const AMPS_EXCLUDES(failure_mutex_);
  // Settings, and those numbers that others know.
  std::uint64_t number(amps_client_number_t which) const;

  Settings& settings() noexcept { return settings_; }
  const Settings& settings() const noexcept { return settings_; }
  Listeners& listeners() noexcept { return listeners_; }
  Plugins& plugins() noexcept { return plugins_; }
  Router& router() noexcept { return router_; }
  AckTracker& acks() noexcept { return acks_; }
  Outbound& outbound() noexcept { return outbound_; }
  Publisher& publisher() noexcept { return publisher_; }
  QueueAcks& queue_acks() noexcept { return queue_acks_; }
  Commands& commands() noexcept { return commands_; }
  Session& session() noexcept { return session_; }
  Heartbeat& heartbeat() noexcept { return heartbeat_; }
  DeliveryTurn& delivery_turn() noexcept { return delivery_turn_; }
  ThreadSet& threads() noexcept { return threads_; }
  // A thread for the connection of this generation; it holds the client. Requires: `body` does not throw.
  Status start_thread(const char* name, std::uint64_t generation, std::function<void()> body);

 private:
  friend void unhold(amps_client* client) noexcept;
  ~Client() override { cancel(this); }
  void shut_down();
  std::uint64_t run(std::uint64_t now) override;

  const unsigned fork_generation_;
  Settings settings_;
  Listeners listeners_;
  Plugins plugins_;
  Router router_;
  AckTracker acks_;
  Outbound outbound_;
  Publisher publisher_;
  QueueAcks queue_acks_;
  Commands commands_;
  Heartbeat heartbeat_;
  DeliveryTurn delivery_turn_;
  Session session_;
  mutable Mutex failure_mutex_{LockRank::kLeaf};
  Status failure_ AMPS_GUARDED_BY(failure_mutex_);
  ThreadSet threads_;
};

}  // namespace amps::client

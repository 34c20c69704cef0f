// SPDX-License-Identifier: Apache-2.0
// Connecting, logging on, losing, restoring and ending: which connection is the client's.
// Threads: any. Blocks: connect, logon, connect_and_logon, wait_restored; disconnect for handlers.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/sync.h"
#include "client/connection.h"
#include "client/plugin.h"
#include "client/wait_limit.h"
#include "net/uri.h"
#include "net/waker.h"

namespace amps::client {

class Client;
using ConnectionPtr = std::shared_ptr<Connection>;  // Shared by the session, its threads and outbound.

class Session {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  explicit Session(Client& client) noexcept : client_(client) {}

  // HA clients with a server chooser do all of connect_and_logon().
  Status connect(std::string_view uri);
  Status logon(const AuthenticatorPlugin& authenticator, const char* options, std::uint32_t timeout_ms,
               std::string* command_id);
  Status connect_and_logon();
  void disconnect();
  // A connection is over. Threads: its receive thread, or one made because that is stuck.
  void lost(const ConnectionPtr& connection);

  // NULL when there is none.
  ConnectionPtr connection() const AMPS_EXCLUDES(mutex_);
  bool is_restoring() const AMPS_EXCLUDES(mutex_);
  // It is being restored, or the loss that leads to that has not been dealt with yet.
  bool may_come_back() const AMPS_EXCLUDES(mutex_);
  bool is_disconnected() const AMPS_EXCLUDES(mutex_);
  // Waits while another thread brings the session back. AMPS_E_DISCONNECTED when there is none then.
  Status wait_restored(const WaitLimit& limit) AMPS_EXCLUDES(mutex_);

  // For Recovery. The transport alone, without the HA meaning of connect().
  Status open(std::string_view uri) AMPS_EXCLUDES(mutex_);
  // @param has_authenticator_failed  set when what is returned comes from the authenticator
  Status log_on(const AuthenticatorPlugin& authenticator, const char* options, std::uint32_t timeout_ms,
                std::string* command_id, bool* has_authenticator_failed);
  // Publish store replay and heartbeats after a logon.
  Status recover_publishes();
  Status start_heartbeat();
  // Now, if logged on, and after every later logon.
  Status set_heartbeat(std::uint32_t interval_s, std::uint32_t timeout_s);
  // Ends the connection without anybody being told, for attempts that failed half-way.
  void drop(const Status& why) AMPS_EXCLUDES(mutex_);
  // Counts deliberate disconnects: who began under an older epoch must stop.
  std::uint64_t epoch() const AMPS_EXCLUDES(mutex_);
  // Tells the state listeners, unless the connection of this thread's doing has been lost meanwhile:
  // nobody hears of a connection after its loss.
  void announce(const ConnectionPtr& connection, amps_connection_state_t state) AMPS_EXCLUDES(mutex_);
  // False when disconnected meanwhile.
  bool pause(std::chrono::milliseconds time, std::uint64_t epoch, Status* interrupted) AMPS_EXCLUDES(mutex_);

  void add_preflight_header(std::string_view line) AMPS_EXCLUDES(mutex_);
  void clear_preflight_headers() AMPS_EXCLUDES(mutex_);

 private:
  struct Credentials {
    std::string user, password, message_type;
    bool wants_pretty = false;  // The URI's option pretty.
  };

  Status make_connection(std::unique_ptr<net::ByteStream> stream, ConnectionPtr* connection)
      AMPS_EXCLUDES(mutex_);
  Status start_threads(const ConnectionPtr& connection);
  void run_receive_thread(const ConnectionPtr& connection);
  Status logon_dialogue(Connection& connection, const AuthenticatorPlugin& authenticator, const char* options,
                        std::uint32_t timeout_ms, std::string* command_id, bool* has_authenticator_failed);
  void note_logon(const struct Ack& ack);
  void say_goodbye();
  void restore(std::uint64_t began);
  Status restore_once(std::uint64_t began);
  Status call_lost_handler();
  Status begin_restoring(std::uint64_t* began) AMPS_EXCLUDES(mutex_);
  bool end_restoring(const Status& status) AMPS_EXCLUDES(mutex_);
  // Waits while `holds`, until the time-out, Ctrl-C or a disconnect.
  Status wait_while(bool (Session::*holds)() const, const WaitLimit& limit) AMPS_EXCLUDES(mutex_);
  bool has_stale_restorer() const AMPS_REQUIRES(mutex_) {
    return is_restoring_ && restoring_epoch_ != epoch_;
  }
  bool is_being_restored() const AMPS_REQUIRES(mutex_) { return is_restoring_ && restoring_epoch_ == epoch_; }
  // A connection that has failed is about to be dealt with by lost().
  bool is_coming_back() const AMPS_REQUIRES(mutex_);
  // Fails for a thread that restores what a disconnect has ended.
  Status require_current() const AMPS_REQUIRES(mutex_);

  Client& client_;
  mutable Mutex mutex_{LockRank::kClientSession};
  CondVar changed_;
  ConnectionPtr connection_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t generation_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t epoch_ AMPS_GUARDED_BY(mutex_) = 0;
  bool is_connecting_ AMPS_GUARDED_BY(mutex_) = false;
  bool is_logged_on_ AMPS_GUARDED_BY(mutex_) = false;
  bool is_restoring_ AMPS_GUARDED_BY(mutex_) = false;  // One thread at a time; it alone ends it.
  std::uint64_t restoring_epoch_ AMPS_GUARDED_BY(mutex_) =
      0;                                                   // An older one: that thread is about to give up.
  unsigned announcing_count_ AMPS_GUARDED_BY(mutex_) = 0;  // Threads inside announce().
  Credentials credentials_ AMPS_GUARDED_BY(mutex_);
  std::vector<std::string> preflight_headers_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t persisted_ AMPS_GUARDED_BY(mutex_) = 0;  // Sequence of the latest logon ack.
  net::Waker connect_waker_;                             // Ends a connect when the client is disconnected.
};

}  // namespace amps::client

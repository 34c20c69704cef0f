// SPDX-License-Identifier: Apache-2.0
// Workers on which logons are decided, because those who decide may block and an event loop must not.
// Threads: ask() and forget() from any; start() and stop() by the owner. Blocks: stop() briefly; a worker
// that is stuck in somebody's callback is then left to itself, and what it answers is dropped. Lock rank:
// kSession.
//
// Whoever guesses passwords opens many connections, so bounds count by address: one address may have 256
// questions waiting. After a refusal it is suspect for ten seconds: then one of its questions is decided
// every 100 ms, and it may have 64 waiting. Others behind the same address wait with it; everybody else does
// not.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/thread.h"

namespace amps::broker {

class Session;
class SessionHost;

class LogonDesk {
 public:
  // Runs on the thread of the session, if it is still there.
  using Answer = std::function<void(Session&)>;
  // Runs on a worker; may block. Must not throw.
  using Question = std::function<Answer()>;

  explicit LogonDesk(const Clock& clock = SystemClock::instance());
  ~LogonDesk();
  LogonDesk(const LogonDesk&) = delete;
  LogonDesk& operator=(const LogonDesk&) = delete;

  Status start();
  void stop() noexcept;
  // False: so many questions wait already that this one would not be answered in time. `peer` is the address
  // and, behind its last colon, the port of who asks.
  bool ask(SessionHost* host, std::uint64_t connection_id, std::string_view peer, Question question);
  // A question of that peer was answered with no.
  void refused(std::string_view peer);
  void notice_time();  // The clock was moved by hand.
  // Drops the questions of a connection that is gone, so that those of others are answered in time.
  void forget(std::uint64_t connection_id);

 private:
  struct State;
  static void work(State* state);

  // Owned by the desk and by each worker, which may outlive it.
  std::shared_ptr<State> state_;
  std::vector<Thread> threads_;
};

}  // namespace amps::broker

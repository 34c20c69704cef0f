// SPDX-License-Identifier: Apache-2.0
// The threads of a client, so that disconnect can wait for them and none is leaked. Each belongs to
// the generation of the connection it was made for.
// Threads: any. Blocks: wait_all, until the threads have returned or the interrupt hook says so.
#pragma once

#include <cstdint>
#include <functional>
#include <list>

#include "base/status.h"
#include "base/sync.h"
#include "base/thread.h"

namespace amps::client {

class ThreadSet {
 public:
  ~ThreadSet();  // A thread that destroys the set it belongs to is let go.

  // Requires: `body` and `last` do not throw. `last` runs when the thread no longer counts as running.
  Status start(const char* name, std::uint64_t generation, std::function<void()> body,
               std::function<void()> last) AMPS_EXCLUDES(mutex_);
  // Waits for the threads of this generation and earlier ones, and reaps all that have ended.
  // False when the interrupt hook ended the wait; the threads then still run.
  [[nodiscard]] bool wait_all(std::uint64_t generation) AMPS_EXCLUDES(mutex_);
  void reap() AMPS_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::uint64_t generation;
    bool has_ended = false;
    Thread thread;
  };
  std::list<Entry> take_ended() AMPS_REQUIRES(mutex_);
  bool wait_one_poll(std::uint64_t generation) AMPS_EXCLUDES(mutex_);

  Mutex mutex_{LockRank::kTimer};
  CondVar ended_;
  std::list<Entry> entries_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::client

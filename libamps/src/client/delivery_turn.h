// SPDX-License-Identifier: Apache-2.0
// Who delivers the messages of a client: one connection at a time, so that two handlers never run
// at once while an old connection's handler outlives its connection.
// Threads: any.
#pragma once

#include <algorithm>
#include <vector>

#include "base/sync.h"
#include "net/waker.h"

namespace amps::client {

class DeliveryTurn {
 public:
  // True when the caller has the turn now; else its waker is woken each time the turn is free.
  bool take(const net::Waker* waker) AMPS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (owner_ == nullptr || owner_ == waker) {
      owner_ = waker;
      forget(waker);
      return true;
    }
    if (std::find(waiting_.begin(), waiting_.end(), waker) == waiting_.end()) waiting_.push_back(waker);
    return false;
  }
  // Gives the turn, or the wish for it, up.
  void give_up(const net::Waker* waker) AMPS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    forget(waker);
    if (owner_ != waker) return;
    owner_ = nullptr;
    for (const net::Waker* next : waiting_) next->wake();
  }

 private:
  void forget(const net::Waker* waker) AMPS_REQUIRES(mutex_) {
    waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), waker), waiting_.end());
  }

  Mutex mutex_{LockRank::kReceive};
  const net::Waker* owner_ AMPS_GUARDED_BY(mutex_) = nullptr;  // Names the connection by its waker.
  std::vector<const net::Waker*> waiting_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::client

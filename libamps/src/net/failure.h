// SPDX-License-Identifier: Apache-2.0
// The first failure of a stream whose reader and writer are two threads. Later ones are its echo.
// Threads: any.
#pragma once

#include <utility>

#include "base/status.h"
#include "base/sync.h"

namespace amps::net {

class Failure {
 public:
  void note(Status status) AMPS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (first_.ok()) first_ = std::move(status);
  }
  // Success when nothing failed.
  Status get() const AMPS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return first_;
  }

 private:
  mutable Mutex mutex_{LockRank::kLeaf};
  Status first_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::net

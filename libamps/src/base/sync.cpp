// SPDX-License-Identifier: Apache-2.0
#include "base/sync.h"

#ifndef NDEBUG
#include <cstdio>
#include <cstdlib>
#endif

namespace amps {

#ifndef NDEBUG
namespace {

constexpr int kLocksHeldMax =
    16;  // More nested locks than there are ranks below the leaf is a bug by itself.

// Ranks of the locks the calling thread holds, in the order they were taken. Plain data without a
// destructor, so that locks taken while a thread ends still find it.
struct LocksHeld {
  LockRank ranks[kLocksHeldMax];
  int count;
};
thread_local LocksHeld held;

[[noreturn]] void die(const char* what, LockRank wanted) noexcept {
  const int top = held.count > 0 ? static_cast<int>(held.ranks[held.count - 1]) : -1;
  std::fprintf(stderr, "lock rank violation: %s: rank %d, while rank %d is held\n", what,
               static_cast<int>(wanted), top);
  std::abort();
}

}  // namespace

void Mutex::check_rank() noexcept {
  for (int i = 0; i < held.count; ++i) {
    if (held.ranks[i] >= rank_) die("lock", rank_);
  }
}

void Mutex::note_locked() noexcept {
  if (held.count == kLocksHeldMax) die("too many locks", rank_);
  held.ranks[held.count++] = rank_;
}

void Mutex::note_unlocked() noexcept {
  for (int i = held.count - 1; i >= 0; --i) {
    if (held.ranks[i] != rank_) continue;
    for (int j = i; j + 1 < held.count; ++j) held.ranks[j] = held.ranks[j + 1];
    --held.count;
    return;
  }
  die("unlock of a mutex this thread does not hold", rank_);
}
#endif

// The rank stays noted while waiting: the thread takes no other lock meanwhile.
void CondVar::wait(Mutex& mutex) {
  std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
  condition_.wait(lock);
  lock.release();
}

bool CondVar::wait_until(Mutex& mutex, std::chrono::steady_clock::time_point deadline) {
  std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
  const std::cv_status result = condition_.wait_until(lock, deadline);
  lock.release();
  return result == std::cv_status::no_timeout;
}

}  // namespace amps

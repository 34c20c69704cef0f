// SPDX-License-Identifier: Apache-2.0
#include "base/sync.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

using amps::CondVar;
using amps::LockRank;
using amps::Mutex;
using amps::MutexLock;

namespace {

struct Box {
  Mutex mutex{LockRank::kLeaf};
  CondVar changed;
  int value AMPS_GUARDED_BY(mutex) = 0;
};

}  // namespace

TEST_CASE("a waiting thread sees what another one changed") {
  Box box;
  std::thread other([&] {
    MutexLock lock(box.mutex);
    box.value = 7;
    box.changed.notify_one();
  });
  {
    MutexLock lock(box.mutex);
    while (box.value == 0) box.changed.wait(box.mutex);
    CHECK(box.value == 7);
  }
  other.join();
}

TEST_CASE("a wait ends at its deadline and holds the mutex again") {
  Box box;
  MutexLock lock(box.mutex);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  while (box.changed.wait_until(box.mutex, deadline)) {
  }
  CHECK(std::chrono::steady_clock::now() >= deadline);
  box.value = 1;
  CHECK(box.value == 1);
}

TEST_CASE("try_lock says no while another thread holds the mutex") {
  Mutex mutex(LockRank::kLeaf);
  MutexLock lock(mutex);
  bool taken = true;
  std::thread([&]() AMPS_NO_THREAD_SAFETY_ANALYSIS {
    taken = mutex.try_lock();
    if (taken) mutex.unlock();
  }).join();
  CHECK_FALSE(taken);
}

#ifndef NDEBUG  // Ranks are checked in debug builds only.
namespace {

// Runs `body` in a child and says whether it ended by abort().
template <typename Body>
bool aborts(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    // What the child prints belongs to the violation; and doctest's own signal handler must not report it.
    const int null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    dup2(null, STDOUT_FILENO);
    signal(SIGABRT, SIG_DFL);
    body();
    _exit(0);
  }
  int state = 0;
  waitpid(child, &state, 0);
  return WIFSIGNALED(state) && WTERMSIG(state) == SIGABRT;
}

void lock_both(Mutex& first, Mutex& second) AMPS_NO_THREAD_SAFETY_ANALYSIS {
  first.lock();
  second.lock();
  first.unlock();
  second.unlock();
}

}  // namespace

TEST_CASE("ranks may be taken upwards only") {
  Mutex low(LockRank::kRouter);
  Mutex high(LockRank::kOutbound);
  Mutex same(LockRank::kRouter);
  CHECK_FALSE(aborts([&] { lock_both(low, high); }));
  CHECK(aborts([&] { lock_both(high, low); }));
  CHECK(aborts([&] { lock_both(low, same); }));
  CHECK_FALSE(aborts([&] {
    lock_both(low, high);
    lock_both(low, high);
  }));
}

TEST_CASE("what is not held cannot be given back") {
  Mutex mutex(LockRank::kLeaf);
  CHECK(aborts([&]() AMPS_NO_THREAD_SAFETY_ANALYSIS { mutex.unlock(); }));
}
#endif

// SPDX-License-Identifier: Apache-2.0
#include "client/timer.h"

#include <atomic>
#include <chrono>
#include <map>

#include "base/clock.h"
#include "base/sync.h"
#include "base/thread.h"
#include "base/within_memory.h"
#include "client/thread_context.h"

namespace amps::client {
namespace {

constexpr std::uint64_t kAfterFailureMs = 50;  // When a task that ran out of memory is tried again.

class Timer {
 public:
  void schedule(TimerTask* task, std::uint64_t at_ms) {
    const MutexLock lock(mutex_);
    const auto [found, is_new] = due_.emplace(task, at_ms);
    if (!is_new && found->second <= at_ms) return;
    found->second = at_ms;
    changed_.notify_all();
    if (is_started_) return;
    is_started_ = thread_.start("amps-timer", [this] { run(); }).ok();
    if (is_started_) thread_.detach();  // It serves the process until its end.
  }

  void cancel(TimerTask* task) {
    const MutexLock lock(mutex_);
    due_.erase(task);
    while (running_ == task && !is_timer_thread) changed_.wait(mutex_);
    due_.erase(task);
    if (running_ == task) is_cancelled_ = true;
  }

 private:
  void run() {
    is_timer_thread = true;
    const MutexLock lock(mutex_);
    for (;;) {
      std::uint64_t next = TimerTask::kNever;
      const std::uint64_t now = now_ms();
      TimerTask* task = nullptr;
      for (const auto& [candidate, at] : due_) {
        if (at <= now) task = candidate;
        if (at < next) next = at;
      }
      if (task != nullptr) {
        run_task(task, now);
      } else if (next == TimerTask::kNever) {
        changed_.wait(mutex_);
      } else {
        changed_.wait_until(mutex_, std::chrono::steady_clock::time_point(std::chrono::milliseconds(next)));
      }
    }
  }

  void run_task(TimerTask* task, std::uint64_t now) AMPS_REQUIRES(mutex_) {
    due_[task] = TimerTask::kNever;  // What is scheduled while it runs counts.
    running_ = task;
    is_cancelled_ = false;
    std::uint64_t again = TimerTask::kNever;
    {
      const MutexUnlock unlock(mutex_);
      if (!within_memory([&] { again = task->run(now); })) again = now + kAfterFailureMs;
    }
    running_ = nullptr;
    const auto found = due_.find(task);
    if (found != due_.end() && !is_cancelled_ && again < found->second) found->second = again;
    changed_.notify_all();
  }

  static thread_local bool is_timer_thread;
  Mutex mutex_{LockRank::kTimer};
  CondVar changed_;
  std::map<TimerTask*, std::uint64_t> due_ AMPS_GUARDED_BY(mutex_);
  TimerTask* running_ AMPS_GUARDED_BY(mutex_) = nullptr;
  bool is_cancelled_ AMPS_GUARDED_BY(mutex_) = false;
  bool is_started_ AMPS_GUARDED_BY(mutex_) = false;
  Thread thread_ AMPS_GUARDED_BY(mutex_);
};

thread_local bool Timer::is_timer_thread = false;

// Never destroyed: its thread may run until the process ends. One for each process: a forked child
// has no timer thread, and locks that may have been held when it was made.
Timer& timer() {
  static std::atomic<Timer*> current{nullptr};
  static std::atomic<unsigned> made_for{0};
  const unsigned generation = fork_generation() + 1;
  if (made_for.load(std::memory_order_acquire) == generation) return *current.load(std::memory_order_acquire);
  auto* made = new Timer;
  Timer* old = current.load(std::memory_order_acquire);
  if (made_for.load(std::memory_order_acquire) != generation && current.compare_exchange_strong(old, made)) {
    made_for.store(generation, std::memory_order_release);
    return *made;
  }
  delete made;
  while (made_for.load(std::memory_order_acquire) != generation) {
  }
  return *current.load(std::memory_order_acquire);
}

}  // namespace

std::uint64_t now_ms() noexcept {
  return SystemClock::instance().steady_ms();
}
void schedule(TimerTask* task, std::uint64_t at_ms) {
  timer().schedule(task, at_ms);
}
void cancel(TimerTask* task) {
  timer().cancel(task);
}

}  // namespace amps::client

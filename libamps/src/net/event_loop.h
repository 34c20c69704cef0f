// SPDX-License-Identifier: Apache-2.0
// One thread's wait for many descriptors: readiness, timers, and work posted by other threads.
// Threads: run() and everything but post(), wake() and stop() belong to the thread that runs the loop
// (or to the one that prepares it before run). Blocks: run().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/sync.h"

namespace amps::net {

// Told when its descriptor is ready. It must outlive the round in which it was removed: the loop may
// hold an event for it already, which remove() cancels.
class EventHandler {
 public:
  virtual ~EventHandler() = default;
  virtual void on_ready(std::uint32_t epoll_events) noexcept = 0;
};

class EventLoop {
 public:
  explicit EventLoop(const Clock& clock) noexcept : clock_(clock) {}
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  Status open();  // Fails when the process has no descriptors left.

  // Level-triggered. `epoll_events` is a set of EPOLLIN and EPOLLOUT; errors and hang-ups come anyway.
  Status add(int fd, std::uint32_t epoll_events, EventHandler* handler);
  Status change(int fd, std::uint32_t epoll_events, EventHandler* handler);
  void remove(int fd, EventHandler* handler) noexcept;  // Before the descriptor is closed.

  using TimerId = std::uint64_t;
  TimerId add_timer(std::uint64_t deadline_ms, std::function<void()> action);
  void cancel_timer(TimerId id) noexcept;  // Unknown ids are ignored.

  // Runs `action` at the end of each round, after events, posted work and timers.
  void set_round_end(std::function<void()> action) { round_end_ = std::move(action); }
  // Steady time at the start of the round: good enough for deadlines, and free.
  std::uint64_t now_ms() const noexcept { return now_ms_; }

  // Threads: any. Work posted after stop() may never run, but is destroyed.
  void post(std::function<void()> work);
  void wake() noexcept;
  void stop() noexcept;

  void run();  // Returns after stop().

 private:
  void wait_for_events();
  void run_posted();
  void run_timers();
  int timeout_ms() const noexcept;

  const Clock& clock_;
  int epoll_fd_ = -1;
  int wake_fd_ = -1;
  std::uint64_t now_ms_ = 0;
  std::function<void()> round_end_;
  std::atomic<bool> wake_pending_{false};  // An eventfd write nobody has read; saves the others.
  std::atomic<bool> stopping_{false};

  // Handlers of the events at hand; remove() clears its own, so that nobody is called afterwards.
  std::vector<std::pair<EventHandler*, std::uint32_t>> ready_;

  std::map<std::pair<std::uint64_t, TimerId>, std::function<void()>> timers_;  // By deadline, then age.
  std::map<TimerId, std::uint64_t> timer_deadlines_;
  TimerId next_timer_ = 1;

  Mutex mutex_{LockRank::kEventLoop};
  std::vector<std::function<void()>> posted_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::net

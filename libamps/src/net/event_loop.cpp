// SPDX-License-Identifier: Apache-2.0
#include "net/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace amps::net {

namespace {

// Few enough that the bytes read in one round stay small, many enough that a round is worth its wait.
constexpr int kEventsPerRound = 64;
constexpr int kWaitMsMax = 60'000;  // A forgotten timer is noticed within a minute.

Status system_error(const char* what) {
  return Status(AMPS_E_CONNECTION, std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

EventLoop::~EventLoop() {
  if (epoll_fd_ >= 0) ::close(epoll_fd_);
  if (wake_fd_ >= 0) ::close(wake_fd_);
}

Status EventLoop::open() {
  epoll_fd_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd_ < 0) return system_error("epoll_create1");
  wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd_ < 0) return system_error("eventfd");
  now_ms_ = clock_.steady_ms();
  return add(wake_fd_, EPOLLIN, nullptr);
}

Status EventLoop::add(int fd, std::uint32_t epoll_events, EventHandler* handler) {
  epoll_event event{};
  event.events = epoll_events;
  event.data.ptr = handler;
  if (::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) return system_error("epoll_ctl add");
  return {};
}

Status EventLoop::change(int fd, std::uint32_t epoll_events, EventHandler* handler) {
  epoll_event event{};
  event.events = epoll_events;
  event.data.ptr = handler;
  if (::epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) != 0) return system_error("epoll_ctl mod");
  return {};
}

void EventLoop::remove(int fd, EventHandler* handler) noexcept {
  ::epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
  for (auto& [ready, events] : ready_) {
    if (ready == handler) ready = nullptr;
  }
}

EventLoop::TimerId EventLoop::add_timer(std::uint64_t deadline_ms, std::function<void()> action) {
  const TimerId id = next_timer_++;
  timers_.emplace(std::pair(deadline_ms, id), std::move(action));
  timer_deadlines_.emplace(id, deadline_ms);
  return id;
}

void EventLoop::cancel_timer(TimerId id) noexcept {
  const auto found = timer_deadlines_.find(id);
  if (found == timer_deadlines_.end()) return;
  timers_.erase({found->second, id});
  timer_deadlines_.erase(found);
}

void EventLoop::post(std::function<void()> work) {
  {
    MutexLock lock(mutex_);
    posted_.push_back(std::move(work));
  }
  wake();
}

void EventLoop::wake() noexcept {
  if (wake_pending_.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the loop is awake anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
}

void EventLoop::stop() noexcept {
  stopping_.store(true, std::memory_order_release);
  wake();
}

void EventLoop::run() {
  while (!stopping_.load(std::memory_order_acquire)) {
    wait_for_events();
    for (std::size_t i = 0; i < ready_.size(); ++i) {
      if (ready_[i].first != nullptr) ready_[i].first->on_ready(ready_[i].second);
    }
    ready_.clear();
    run_posted();
    run_timers();
    if (round_end_) round_end_();
  }
}

void EventLoop::wait_for_events() {
  epoll_event events[kEventsPerRound];
  const int count = ::epoll_wait(epoll_fd_, events, kEventsPerRound, timeout_ms());
  now_ms_ = clock_.steady_ms();
  for (int i = 0; i < count; ++i) {
    if (events[i].data.ptr != nullptr) {
      ready_.emplace_back(static_cast<EventHandler*>(events[i].data.ptr), std::uint32_t{events[i].events});
      continue;
    }
    std::uint64_t counter;
    [[maybe_unused]] const ssize_t got = ::read(wake_fd_, &counter, sizeof counter);
    // After the read and before the queues are looked at. An exchange, not a store: a wake that found
    // the flag still set wrote nothing, and what it announced must be visible from here on.
    wake_pending_.exchange(false, std::memory_order_acq_rel);
  }
}

void EventLoop::run_posted() {
  std::vector<std::function<void()>> work;
  {
    MutexLock lock(mutex_);
    work.swap(posted_);
  }
  for (auto& action : work) action();
}

void EventLoop::run_timers() {
  while (!timers_.empty() && timers_.begin()->first.first <= now_ms_) {
    auto node = timers_.extract(timers_.begin());
    timer_deadlines_.erase(node.key().second);
    node.mapped()();
  }
}

int EventLoop::timeout_ms() const noexcept {
  if (timers_.empty()) return kWaitMsMax;
  const std::uint64_t now = clock_.steady_ms();
  const std::uint64_t deadline = timers_.begin()->first.first;
  if (deadline <= now) return 0;
  return static_cast<int>(std::min<std::uint64_t>(deadline - now, kWaitMsMax));
}

}  // namespace amps::net

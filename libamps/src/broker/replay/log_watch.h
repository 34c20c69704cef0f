// SPDX-License-Identifier: Apache-2.0
// Tells the connections of one event loop that the log has moved: one wake-up of the loop for a batch of
// messages, however many connections wait.
// Threads: the loop's, but the listener's members. The loop and the journal outlive it. Blocks: never.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "broker/journal/journal.h"
#include "net/event_loop.h"

namespace amps::broker {

class LogWatch final : public JournalListener {
 public:
  LogWatch(Journal* journal, net::EventLoop* loop) : journal_(journal), loop_(loop) {
    journal_->add_listener(this);
  }
  ~LogWatch() override { journal_->remove_listener(this); }
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  // Before the end of the log is looked at: what moves it afterwards is noticed.
  void arm() noexcept { is_armed_.store(true, std::memory_order_relaxed); }
  void wait(std::uint64_t connection_id) { waiting_.push_back(connection_id); }
  // Those that waited, if the log has moved.
  std::vector<std::uint64_t> take();

  void on_durable(std::uint64_t) noexcept override { moved(); }
  void on_appended() noexcept override { moved(); }

 private:
  void moved() noexcept {
    if (!is_armed_.load(std::memory_order_relaxed)) return;
    if (!has_moved_.exchange(true, std::memory_order_acq_rel)) loop_->wake();
  }

  Journal* const journal_;
  net::EventLoop* const loop_;
  std::vector<std::uint64_t> waiting_;
  // Relaxed: who arms and who moves the log take the journal's lock after it and before it.
  std::atomic<bool> is_armed_{false};
  std::atomic<bool> has_moved_{false};  // Release when set, acquire when taken.
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// The bookmark subscriptions of one session: their cursors, taking turns, and what each waits for.
// Threads: the event loop of the session. Blocks: as a LogReader does.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "broker/outbox.h"
#include "broker/replay/cursor.h"
#include "broker/statistics.h"

namespace amps::broker {

// What a command asks of the log.
struct ReplayStart {
  ReplayPlan plan;
  ReplayMember member;
  bool is_paused = false;
};

class Replays {
 public:
  // `journal` is none without a transaction log; then nothing can be added.
  Replays(Journal* journal, const Clock& clock, Statistics* statistics) noexcept
      : journal_(journal), clock_(clock), statistics_(*statistics) {}

  void add(std::string_view message_type, ReplayStart start);
  void remove(const Subscription* subscription) noexcept;
  // Another subscription goes on where one is, at its own pace. What that one was to be told is told for the
  // new one, unless it is to be told the same.
  void replace(const Subscription* old, ReplayStart start);
  void pause(const Subscription* subscription);
  // Those of them that were paused at the same place become one stream.
  void resume(const std::vector<const Subscription*>& subscriptions);
  bool empty() const noexcept { return cursors_.empty(); }

  void log_moved() noexcept;
  bool check_time(std::uint64_t now_ms) noexcept;  // True: something waited for that time.
  std::uint64_t deadline_ms() const noexcept;      // UINT64_MAX: none.
  bool waits_for_log() const noexcept;

  // Makes messages while the outbox has little to write. `has_more`: there would be more now. Fails with
  // AMPS_E_STORE when the log cannot be read.
  Status fill(Outbox* outbox, std::uint64_t now_ms, bool* has_more);

 private:
  Cursor* find(const Subscription* subscription) const noexcept;
  Cursor* detach(const Subscription* subscription);  // Its cursor, which from now on is its alone.
  Cursor* next_ready() noexcept;
  void drop_empty() noexcept;

  Journal* const journal_;
  const Clock& clock_;
  Statistics& statistics_;
  std::vector<std::unique_ptr<Cursor>> cursors_;
  std::size_t turn_ = 0;  // Whose turn it is, in cursors_.
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Reads the log for bookmark subscriptions, for ever: what was there before and what comes later is one
// stream, so that there is no moment at which a message could be missed or sent twice. It reads up to a
// limit that moves (what is durable, or what is appended), and is pulled by whoever has room for its bytes.
// Threads: the event loop of the session. Blocks: as a LogReader does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/status.h"
#include "broker/journal/journal.h"
#include "broker/replay/bounds.h"
#include "broker/replay/rate.h"
#include "broker/subscription.h"
#include "wire/timestamp.h"

namespace amps::broker {

// How a log is read.
struct ReplayPlan {
  ReplayBounds bounds;
  Rate rate;
  bool live = false;  // What is not yet durable too.
};

// A subscription that a cursor reads for, and what it is still to be told.
struct ReplayMember {
  const Subscription* subscription = nullptr;  // Outlives the membership.
  std::string command_id;
  bool owes_completed = false;
  bool wants_persisted = false;
  std::optional<std::uint64_t> messages_left;  // top_n.
  LogEnd end_at_start;                         // Of the log when the command was processed.

  // Whether messages of the latest topic are for it, and how they begin.
  std::string topic;
  const Subscription* taken_as = nullptr;  // None: not for it. Else the subscription under its user's rights.
  std::string prefix;
};

class Cursor {
 public:
  enum class State {
    kReady,
    kAtEnd,     // Until the log moves, or wake_ms().
    kLater,     // Until wake_ms().
    kPaused,    // Until resume().
    kFinished,  // For ever: a range has an end.
  };

  Cursor(Journal* journal, const Clock& clock, std::string_view message_type, const ReplayPlan& plan);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  void add(ReplayMember member) { members_.push_back(std::move(member)); }
  ReplayMember* find(const Subscription* subscription) noexcept;
  void remove(const Subscription* subscription) noexcept;
  const std::vector<ReplayMember>& members() const noexcept { return members_; }
  // Reads for one member alone from where this cursor is; the member leaves it.
  std::unique_ptr<Cursor> split(const Subscription* subscription);
  // Both would send the same stream: same place, end, speed.
  bool can_join(const Cursor& other) const noexcept;
  void join(Cursor* other);  // Takes its members. Requires: can_join().

  void pause() noexcept { is_paused_ = true; }
  void resume() noexcept;
  void log_moved() noexcept;
  void check_time(std::uint64_t now_ms) noexcept;
  State state() const noexcept { return is_paused_ ? State::kPaused : state_; }
  std::uint64_t wake_ms() const noexcept;  // UINT64_MAX: no time changes anything.
  void set_pace(const Rate& rate, bool live) noexcept;

  // Appends whole frames, about as much as one write takes, after a bounded amount of work. Requires: kReady.
  // `messages` counts the publishes. Fails with AMPS_E_STORE when the log cannot be read.
  Status encode_some(Buffer* out, std::uint64_t now_ms, std::uint64_t* messages);

 private:
  LogPosition place() const noexcept;  // Before the first record that nobody was sent.
  bool is_after_end() const noexcept;
  bool skips(const JournalRecord& record) const noexcept;
  void complete(LogPosition passed, Buffer* out);
  void complete(ReplayMember* member, const BookmarkId& bookmark, Buffer* out);
  void finish(Buffer* out);
  void rest(LogPosition limit, const LogEnd& durable, std::uint64_t now_ms, Buffer* out);
  void acknowledge(const LogEnd& durable, std::uint64_t now_ms, Buffer* out);
  bool is_due(std::uint64_t now_ms);
  std::uint64_t deliver(std::uint64_t now_ms, Buffer* out);
  bool wants(ReplayMember* member);
  void send(ReplayMember* member, Buffer* out);
  void set_topic(ReplayMember* member) const;

  Journal* const journal_;
  const Clock& clock_;
  const std::string message_type_;
  ReplayPlan plan_;
  const std::unique_ptr<LogReader> reader_;
  std::vector<ReplayMember> members_;
  State state_ = State::kReady;
  bool is_paused_ = false;
  std::uint64_t wake_ms_ = UINT64_MAX;

  // The record at hand, which waits for its time.
  bool has_record_ = false;
  JournalRecord record_;
  BookmarkText bookmark_text_;
  FilterCost cost_;
  BookmarkId passed_;  // The last message that was gone past.

  std::uint64_t acknowledged_txid_ = 0;
  std::uint64_t next_ack_ms_ = 0;
  wire::TimestampText timestamp_;
  Document document_;
  Buffer selected_;
};

}  // namespace amps::broker

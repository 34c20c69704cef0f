// SPDX-License-Identifier: Apache-2.0
// What a queue finds in the log when the broker starts: where to begin to read, and which of the messages
// from there on are settled already (broker 9.11). Bodies are not looked at.
// Threads: one at a time, before the broker serves anybody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "broker/configuration_state.h"
#include "broker/journal/journal_record.h"
#include "broker/queue/deferred_acks.h"
#include "broker/queue/queue_message.h"
#include "broker/queue/settlement.h"

namespace amps::broker {

using BookmarkIds = std::unordered_set<BookmarkId, BookmarkIdHash>;

class QueueRecovery {
 public:
  explicit QueueRecovery(const QueueConfiguration& configuration);

  // In the order of the log: messages of the underlying topics, and notes of this queue.
  void on_message(const JournalRecord& record);
  void on_note(const QueueNote& note, std::uint64_t timestamp_us);

  struct Result {
    // The oldest message that is not settled. None: the queue begins behind the end of the log.
    std::optional<BookmarkId> first;
    std::uint64_t begin_txid = 0;   // Messages up to this are not for the queue.
    BookmarkIds settled;            // From `first` on.
    std::vector<BookmarkId> early;  // Acknowledged before they came, which they may still do.
    std::size_t message_count = 0;
    std::string recovery_point;
    bool must_note_beginning = false;  // The log does not say yet where the queue begins.
  };
  // After the last record, whose txid and time are given.
  Result finish(std::uint64_t last_txid, std::uint64_t last_timestamp_us);

 private:
  struct Found {
    BookmarkId id;
    std::uint64_t txid;
    bool settled;
  };
  void settle(const BookmarkId& id, std::uint64_t timestamp_us);
  void forget_until(std::uint64_t txid);
  void trim();

  const QueueConfiguration& configuration_;
  const std::string recovery_point_;
  std::optional<BookmarkId> from_bookmark_;
  std::optional<std::uint64_t> from_time_us_;
  std::deque<Found> found_;  // From the oldest unsettled on.
  std::uint64_t first_number_ = 0;
  std::unordered_map<BookmarkId, std::uint64_t, BookmarkIdHash> numbers_;  // first_number_ + place in found_.
  DeferredAcks early_;
  std::optional<std::string> noted_point_;
  std::uint64_t begin_txid_ = 0;
};

// "epoch", "now", or the position as it was configured.
std::string recovery_point_text(const QueueConfiguration& configuration);

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// What a message did to a topic: the one event from which subscriptions, views, queues and pages are fed.
// Threads: under the lock of the topic space. Views live until the call they are passed to returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/journal/bookmark_id.h"

namespace amps::broker {

struct Topic;

enum class ChangeKind {
  kMessage,  // The topic keeps no state: the message just passes.
  kInsert,
  kUpdate,
  kDelete,
  kExpire,
};
constexpr std::size_t kChangeKindCount = 5;

// Who sent a message.
struct Publisher {
  std::string_view client_name;
  std::string_view user;
  std::uint64_t uncounted_id = 0;  // In bookmarks of messages that it does not count.
};

struct Change {
  ChangeKind kind = ChangeKind::kMessage;
  const Topic* topic = nullptr;
  std::string_view key;       // As presented in `sow_key`; empty without state.
  std::string_view current;   // The final body; empty for deletes and expiries.
  std::string_view previous;  // The body before; empty for inserts.
  std::string_view correlation_id;
  std::string_view previous_correlation_id;
  std::uint64_t timestamp_us = 0;        // Of the processing; UTC.
  std::uint64_t expires_us = 0;          // UTC; 0: never.
  std::uint64_t txid = 0;                // Position in the journal; 0: not logged.
  BookmarkId bookmark;                   // None: not logged.
  const Publisher* publisher = nullptr;  // None: made by the broker.

  bool removes() const noexcept { return kind == ChangeKind::kDelete || kind == ChangeKind::kExpire; }
};

// What an `oof` says when the change has put a record out of focus (broker 4).
constexpr std::string_view departure_reason(ChangeKind kind) noexcept {
  return kind == ChangeKind::kDelete ? "deleted" : kind == ChangeKind::kExpire ? "expired" : "match";
}

// Follows a topic. Registered in Topic::observers and called after subscriptions were served.
class TopicObserver {
 public:
  virtual ~TopicObserver() = default;
  virtual void on_change(const Change& change) = 0;  // Never blocks, never publishes to the same topic.
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Puts what happens to the topics of one space into the transaction log, between the moment at which it is
// known what will happen and the moment at which it does.
// Threads: under the lock of the topic space. Blocks: never.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "broker/change.h"
#include "broker/journal/journal.h"
#include "broker/store.h"

namespace amps::broker {

class TopicLog {
 public:
  explicit TopicLog(std::string message_type) : message_type_(std::move(message_type)) {}

  // `own_id` is the publisher in bookmarks of messages nobody sent.
  void open(Journal* journal, std::uint64_t own_id) noexcept;
  bool logs(std::string_view topic) const;

  // The message is in the log already. `txid` is what has to be durable before the publisher may be told.
  bool is_duplicate(const Publish& publish, std::uint64_t* txid) const;
  // Appends the final message, and says in `change` when and where. The failure of append() otherwise.
  Status append(const Publish& publish, Change* change);
  // The same for a removal.
  Status append_removal(Change* change);
  // Notes that the command was carried out, so that it is not when it is sent again. Nothing is done
  // unless the command is counted.
  Status append_done(const Publish& command, std::uint64_t timestamp_us, std::uint64_t* txid);

 private:
  std::uint64_t uncounted_id(const Publisher* publisher) const noexcept;
  void set_place(const JournalRecord& record, Change* change) const noexcept;

  const std::string message_type_;
  Journal* journal_ = nullptr;  // None: there is no transaction log.
  std::uint64_t own_id_ = 0;
  Buffer keys_;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Gives topics back what the transaction log says about them, at start, record by record.
// Threads: one. Blocks: while too much of it waits for the files of topics.
#pragma once

#include <cstdint>
#include <string>

#include "base/log.h"
#include "base/status.h"
#include "broker/journal/journal_record.h"
#include "broker/topic_spaces.h"

namespace amps::broker {

class StateRecovery {
 public:
  StateRecovery(const TopicSpaces& spaces, LogSink* log) : spaces_(spaces), log_(*log) {}

  Status take(const JournalRecord& record);
  // After the last record: reports what could not be taken. Fails when a topic knows more than the log.
  Status finish(std::uint64_t last_txid);

 private:
  void note_refusal(const JournalRecord& record, const Status& status);

  const TopicSpaces& spaces_;
  LogSink& log_;
  std::uint64_t refused_count_ = 0;
  std::string first_refusal_;
};

}  // namespace amps::broker

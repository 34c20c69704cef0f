// SPDX-License-Identifier: Apache-2.0
// The queues of a broker, from their configuration to their last record.
// Threads: made, recovered, started and stopped by the owner; oldest_needed_txid() on any.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/status.h"
#include "broker/configuration_state.h"
#include "broker/journal/journal.h"
#include "broker/queue/queue_feeder.h"
#include "broker/queue/queue_recovery.h"
#include "broker/topic_spaces.h"

namespace amps::broker {

struct QueuesParts {
  const TopicSpaces* spaces = nullptr;
  const Clock* clock = nullptr;
  LogSink* log = nullptr;
  const std::vector<ExpireActionConfiguration>* actions = nullptr;  // None: there are none.
  std::string instance = {};
};

class Queues final : JournalHold {
 public:
  // Fails when an expression does not compile. Borrows the configurations.
  static Status make(const std::vector<const QueueConfiguration*>& configurations, const QueuesParts& parts,
                     std::unique_ptr<Queues>* out);
  ~Queues();  // Stops.
  Queues(const Queues&) = delete;
  Queues& operator=(const Queues&) = delete;

  // Each record of the log, while it is opened.
  void recover(const JournalRecord& record);
  // Puts the queues in their places and feeds them. Before anybody is served. Fails when the log does
  // not take the topics of a queue.
  Status start(Journal* journal);
  void stop() noexcept;
  // See QueueFeeder. Threads: any, between start() and stop().
  bool wait_until_fed(std::uint64_t txid, std::chrono::steady_clock::time_point deadline) {
    return feeder_->wait_until_fed(txid, deadline);
  }

 private:
  struct Entry {
    explicit Entry(const QueueConfiguration* queue) : configuration(queue), recovery(*queue) {}

    const QueueConfiguration* configuration;
    QueueRecovery recovery;
    FedQueue fed;
    std::uint64_t beginning_txid = 0;  // Of the note that says where the queue begins; 0: none is needed.
  };
  explicit Queues(const QueuesParts& parts) : parts_(parts) {}
  std::uint64_t oldest_needed_txid() override;
  Status note_beginning(Entry* entry, std::uint64_t after_txid);
  Status check_logged(const Entry& entry) const;

  const QueuesParts parts_;
  Journal* journal_ = nullptr;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::unique_ptr<QueueFeeder> feeder_;
  std::uint64_t last_txid_ = 0;  // Of the log while it is opened.
  std::uint64_t last_timestamp_us_ = 0;
};

}  // namespace amps::broker

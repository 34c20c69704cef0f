// SPDX-License-Identifier: Apache-2.0
// Feeds the queues of a broker from the log, on a thread of its own: one cursor for all of them, and for
// a queue that is full, or comes back after a restart, a cursor of its own until it has caught up.
// Threads: start() and stop() by the owner; the rest on its thread or as the journal says. Lock rank: kLeaf.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "base/random_hash.h"
#include "base/sync.h"
#include "base/thread.h"
#include "broker/journal/journal.h"
#include "broker/queue/queue_intake.h"
#include "broker/queue/queue_topic.h"

namespace amps::broker {

// One queue of the broker.
struct FedQueue {
  TopicSpace* space = nullptr;
  std::unique_ptr<QueueTopic> topic;
  std::unique_ptr<QueueIntake> intake;
  std::unique_ptr<DeadLetters> dead_letters;  // None: there are no actions.
  QueueRecovery::Result recovered;
};

class QueueFeeder final : public JournalListener {
 public:
  // Both outlive the feeder.
  QueueFeeder(Journal* journal, const std::vector<FedQueue*>& queues, const Clock& clock, LogSink* log);
  ~QueueFeeder() override;  // Stops.
  QueueFeeder(const QueueFeeder&) = delete;
  QueueFeeder& operator=(const QueueFeeder&) = delete;

  // Reads what the log has, as far as queues have room for it, then goes on by itself.
  Status start();
  void stop() noexcept;
  void wake() noexcept;

  void on_durable(std::uint64_t txid) noexcept override;

 private:
  // A queue and how far it has been fed.
  struct Line {
    FedQueue* queue;
    std::unique_ptr<LogReader> reader;  // None: it is fed with the others.
    std::vector<QueueMessage> batch;
    std::vector<LogPosition> places;  // Of the messages of the batch.
  };

  void run();
  Status feed_all();
  Status read_common(LogPosition limit, bool* progress);
  Status catch_up(Line* line, bool* progress);
  static void admit(Line* line, const JournalRecord& record, LogPosition place);
  void flush(Line* line, bool is_all);
  void publish_dead(const FedQueue& queue);
  const std::vector<Line*>& lines_of(const JournalRecord& record);

  Journal& journal_;
  const Clock& clock_;
  LogSink& log_;
  std::vector<Line> lines_;
  std::unique_ptr<LogReader> reader_;
  // By message type and topic. Topics nobody queues have an empty entry, so the table is bounded.
  std::unordered_map<std::string, std::vector<Line*>, RandomHash> routes_;
  std::string route_key_;
  Thread thread_;

  Mutex mutex_{LockRank::kLeaf};
  CondVar wake_;
  bool woken_ AMPS_GUARDED_BY(mutex_) = false;
  bool stopping_ AMPS_GUARDED_BY(mutex_) = false;
};

}  // namespace amps::broker

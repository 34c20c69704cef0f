// SPDX-License-Identifier: Apache-2.0
// Feeds the queues of a broker from the log, on a thread of its own: one cursor for all of them, and for
// a queue that is full, or comes back after a restart, a cursor of its own until it has caught up.
// Threads: start() and stop() by the owner; unfed_txid() on any; the rest on its thread or as the journal
// says. Lock rank: kLeaf.
#pragma once

#include <atomic>
#include <chrono>
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

  // Records from here on may be for a queue that does not have them yet, whether they were read or not.
  // Who asks what is needed asks this before the queues: what moves meanwhile is then in a queue.
  std::uint64_t unfed_txid() const noexcept { return fed_txid_.load(std::memory_order_acquire) + 1; }

  // Waits until every queue has what the log has up to `txid`, or has no room for it. False: not in time.
  bool wait_until_fed(std::uint64_t txid, std::chrono::steady_clock::time_point deadline);

  void on_durable(std::uint64_t txid) noexcept override;

 private:
  // A queue and how far it has been fed.
  struct Line {
    FedQueue* queue;
    std::unique_ptr<LogReader> reader;  // None: it is fed with the others.
    std::vector<QueueMessage> batch;
    std::vector<LogPosition> places;  // Of the messages of the batch.
    std::uint64_t fed_txid = 0;       // The queue has taken, or does not want, all records up to this one.
  };

  void run();
  Status feed_all();
  Status read_common(LogPosition limit, bool* progress);
  Status catch_up(Line* line, bool* progress);
  static void admit(Line* line, const JournalRecord& record, LogPosition place);
  void flush(Line* line, std::uint64_t read_txid, bool is_all);
  void note_fed() noexcept;
  void note_round() noexcept;
  void publish_dead(const FedQueue& queue);
  const std::vector<Line*>& lines_of(const JournalRecord& record);

  Journal& journal_;
  const Clock& clock_;
  LogSink& log_;
  std::vector<Line> lines_;
  std::unique_ptr<LogReader> reader_;
  std::uint64_t read_txid_ = 0;  // Of the last record before its place.
  // The lowest of the lines. Release after the queues took them, acquire by who removes files.
  std::atomic<std::uint64_t> fed_txid_{0};
  // By message type and topic. Topics nobody queues have an empty entry, so the table is bounded.
  std::unordered_map<std::string, std::vector<Line*>, RandomHash> routes_;
  std::string route_key_;
  Thread thread_;

  Mutex mutex_{LockRank::kLeaf};
  CondVar wake_;
  CondVar fed_;  // A round is over.
  std::uint64_t rounds_begun_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t rounds_done_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t caught_up_txid_ AMPS_GUARDED_BY(mutex_) = 0;  // As fed_txid_, without queues that are full.
  bool woken_ AMPS_GUARDED_BY(mutex_) = false;
  bool stopping_ AMPS_GUARDED_BY(mutex_) = false;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Writes the changes of all persistent topics to their files: a topic appends under its lock, one thread
// takes all that was appended, writes and syncs each file once, and then lets the acks go that waited for it.
// Threads: any, unless a member says otherwise. Lock rank: kSowWriter. Blocks: stop(), wait_for_room().
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/sync.h"
#include "base/thread.h"
#include "broker/sow/record_table.h"
#include "broker/sow/saved_point.h"
#include "broker/sow/sow_file.h"

namespace amps::broker {

class Outbox;

class SowWriter {
 public:
  // The records of a topic now, for compaction. Takes the lock of the topic space.
  using TakeSnapshot = std::function<RecordSnapshot()>;

  struct Topic;  // A file and what waits for it.

  SowWriter(FileIo* io, const Clock* clock, LogSink* log);
  ~SowWriter();  // Stops.
  SowWriter(const SowWriter&) = delete;
  SowWriter& operator=(const SowWriter&) = delete;

  // Opens the file of a topic and reads it. Before start().
  Status open(const std::string& path, const std::string& about, const SowFile::Visitor& visit,
              TakeSnapshot take_snapshot, Topic** out);
  Status start();
  // Writes what was appended.
  void stop() noexcept;

  SavedPoint append(Topic* topic, const SavedChange& change);
  SavedPoint appended() const;  // Of all topics.
  // Appends `bytes`, an ack, to the outbox when everything up to the point is on stable storage, or
  // `failure` when it will never be; now, if that is known already.
  void send_when_durable(const SavedPoint& point, Outbox* outbox, std::string_view bytes,
                         std::string_view failure);
  void forget(const Outbox* outbox);  // Before it goes.
  // Why the topic's changes are no longer kept; success: they are. Threads: as append.
  Status failure(const Topic* topic) const;
  // Waits while too much waits for the disk. Requires: no lock is held.
  void wait_for_room();

  // Replaces files that are mostly history, on its own thread; and now, for tests and for administrators.
  void request_compaction(Topic* topic);

 private:
  struct Owed {
    SavedPoint point;
    Outbox* outbox;
    std::string bytes;
    std::string failure;
  };
  void run();
  bool wait_for_work();
  void commit();
  void write_pending(Topic* topic, Buffer* pending);
  void fail(Topic* topic, const Status& status);
  void settle(std::uint64_t position);
  void compact(Topic* topic);
  Status rewrite(Topic* topic, const RecordSnapshot& snapshot, std::uint64_t tail_offset);
  bool wants_compaction(const Topic& topic) const;
  const std::string& answer(const Owed& owed) const AMPS_REQUIRES(mutex_);

  FileIo* const io_;
  const Clock* const clock_;
  LogSink* const log_;
  Thread thread_;
  std::vector<std::unique_ptr<Topic>> topics_;  // Complete before start().

  mutable Mutex mutex_{LockRank::kSowWriter};
  CondVar work_;
  CondVar room_;
  std::size_t pending_bytes_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t appended_ AMPS_GUARDED_BY(mutex_) = 0;  // Number of the last change.
  std::uint64_t durable_ AMPS_GUARDED_BY(mutex_) = 0;
  std::deque<Owed> owed_ AMPS_GUARDED_BY(mutex_);    // By position.
  bool has_failed_ AMPS_GUARDED_BY(mutex_) = false;  // Some topic.
  bool stopping_ AMPS_GUARDED_BY(mutex_) = false;
  bool has_work_ AMPS_GUARDED_BY(mutex_) = false;
};

}  // namespace amps::broker

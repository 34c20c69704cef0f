// SPDX-License-Identifier: Apache-2.0
// Writes the changes of all persistent topics to their files: a topic appends under its lock, one thread
// takes all that was appended, writes and syncs each file once, and then says so.
// Changes of topics that are logged are written when the transaction log has them, never before: a file is
// behind the log, which tells the rest at start. Their acks wait for the log only.
// Threads: any, unless a member says otherwise. Lock rank: kSowWriter. Blocks: stop(), wait_for_room().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/sync.h"
#include "base/thread.h"
#include "broker/journal/journal_hold.h"
#include "broker/sow/history.h"
#include "broker/sow/saved_point.h"
#include "broker/sow/sow_file.h"

namespace amps::broker {

class SowWriter final : public JournalHold {
 public:
  // What a topic keeps now, for compaction. Takes the lock of the topic space.
  using TakeSnapshot = std::function<KeptRecords()>;

  struct Topic;  // A file and what waits for it.
  struct Changes;

  SowWriter(FileIo* io, LogSink* log);
  ~SowWriter() override;  // Stops.
  SowWriter(const SowWriter&) = delete;
  SowWriter& operator=(const SowWriter&) = delete;

  // Opens the file of a topic and reads it. Before start().
  Status open(const std::string& path, const std::string& about, const SowFile::Visitor& visit,
              TakeSnapshot take_snapshot, Topic** out);
  Status start();
  // Writes what was appended, but what the transaction log will not have.
  void stop() noexcept;
  // Has stop() write nothing more, as if the process were killed.
  void abandon() noexcept;
  // Is called on the writing thread when changes were written, and when there is room. Before start().
  void set_listener(std::function<void()> listener) { listener_ = std::move(listener); }

  SavedPoint append(Topic* topic, const SavedChange& change);
  SavedPoint appended() const;  // Of all topics.
  SavedState state_of(const SavedPoint& point) const;
  // The log has everything up to `txid` on stable storage; `is_moving`: and goes on. Until the first call
  // nothing waits for the log.
  void note_logged(std::uint64_t txid, bool is_moving) noexcept;
  // The log is still needed for what the files do not have.
  std::uint64_t oldest_needed_txid() override;
  // Why the topic's changes are no longer kept; success: they are. Threads: as append.
  Status failure(const Topic* topic) const;
  // False: too much waits for the disk.
  bool has_room() const noexcept {
    return pending_bytes_.load(std::memory_order_relaxed) <= kPendingBytesMax;
  }
  // Waits for it, where nobody is served yet. Requires: no lock is held.
  void wait_for_room();

  // Replaces files that are mostly history, on its own thread; and now, for tests and for administrators.
  void request_compaction(Topic* topic);

 private:
  static constexpr std::size_t kPendingBytesMax = 64u << 20;  // Then publishers wait for the disk.

  void run();
  bool wait_for_work();
  void commit();
  bool take(Topic* topic, Changes* out) AMPS_REQUIRES(mutex_);
  void write_changes(Topic* topic, Buffer* changes);
  void fail(Topic* topic, const Status& status);
  void settle(std::uint64_t position);
  void compact(Topic* topic);
  Status rewrite(Topic* topic, const KeptRecords& kept, std::uint64_t tail_offset);
  template <typename Visit>
  static Status for_each_change(const KeptRecords& kept, Visit visit);
  bool wants_compaction(const Topic& topic) const;
  bool has_held() const AMPS_REQUIRES(mutex_);
  bool await_log(std::uint64_t txid);

  FileIo* const io_;
  LogSink* const log_;
  Thread thread_;
  std::vector<std::unique_ptr<Topic>> topics_;  // Complete before start().
  std::function<void()> listener_;

  mutable Mutex mutex_{LockRank::kSowWriter};
  CondVar work_;
  CondVar room_;
  std::atomic<std::size_t> pending_bytes_{0};  // Written under the lock; read without it as a measure.
  std::uint64_t appended_ AMPS_GUARDED_BY(mutex_) = 0;  // Number of the last change.
  std::uint64_t durable_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t logged_txid_ AMPS_GUARDED_BY(mutex_) = UINT64_MAX;
  bool log_is_moving_ AMPS_GUARDED_BY(mutex_) = true;
  bool awaits_log_ AMPS_GUARDED_BY(mutex_) = false;
  bool has_failed_ AMPS_GUARDED_BY(mutex_) = false;  // Some topic.
  bool stopping_ AMPS_GUARDED_BY(mutex_) = false;
  bool abandoned_ AMPS_GUARDED_BY(mutex_) = false;
  bool has_work_ AMPS_GUARDED_BY(mutex_) = false;
};

}  // namespace amps::broker

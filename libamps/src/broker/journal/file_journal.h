// SPDX-License-Identifier: Apache-2.0
// The journal in files of a directory. See journal.h for what it promises.
// Threads: as Journal. Owns: the directory's lock, the commit thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/sync.h"
#include "base/thread.h"
#include "broker/journal/journal.h"
#include "broker/journal/log_tail.h"
#include "broker/journal/publishers.h"
#include "broker/journal/retention.h"
#include "broker/journal/segment_catalog.h"
#include "broker/journal/segment_writer.h"
#include "broker/topic_pattern.h"

namespace amps::broker {

class FileLogReader;

class FileJournal final : public Journal {
 public:
  FileJournal(const TransactionLogConfiguration& configuration, const std::string& instance,
              const JournalParts& parts);
  ~FileJournal() override;
  FileJournal(const FileJournal&) = delete;
  FileJournal& operator=(const FileJournal&) = delete;

  Status start(const Visitor& visit);
  void abandon() noexcept override;

  bool logs(std::string_view topic, std::string_view message_type) const override;
  Status append(JournalRecord* record, PublisherState* publisher) override;
  void end_block() override;
  bool has_room() const noexcept override { return has_room_.load(std::memory_order_relaxed); }
  Status failure() const override;
  JournalHealth health() const noexcept override { return health_.load(std::memory_order_acquire); }
  LogFacts facts() const override;
  std::uint64_t durable_txid() const noexcept override {
    return durable_txid_.load(std::memory_order_seq_cst);
  }
  std::uint64_t synced_txid() const noexcept override { return synced_txid_.load(std::memory_order_acquire); }
  LogEnd durable_end() const override;
  LogEnd appended_end() const override;
  LogPosition begin() const override { return catalog_.begin(); }
  Status find(const BookmarkId& bookmark, std::optional<RecordPlace>* out) override;
  Status find_after_time(std::uint64_t utc_us, LogPosition* out) override;
  std::unique_ptr<LogReader> make_reader() override;
  void add_listener(JournalListener* listener) override;
  void remove_listener(JournalListener* listener) override;
  void count_live_readers(int difference) noexcept override;
  void add_hold(JournalHold* hold) override { retention_.add_hold(hold); }
  void remove_hold(JournalHold* hold) override { retention_.remove_hold(hold); }
  Publishers& publishers() override { return publishers_; }
  std::uint64_t settled_sequence(PublisherState* publisher) override;
  Status archive_before(std::uint64_t utc_us, std::uint64_t* count) override;
  Status remove_before(std::uint64_t utc_us, std::uint64_t* count) override;

 private:
  friend class FileLogReader;
  struct LoggedTopic {
    std::string name;
    std::string message_type;
    std::unique_ptr<TopicPattern> pattern;  // None: the name is literal.
  };

  Status open_directory();
  Status compile_topics();
  void put(const JournalRecord& record) AMPS_REQUIRES(mutex_);
  void run();
  bool wait_for_work(std::vector<TailPiece>* pieces, LogEnd* end);
  Status write(std::vector<TailPiece>* pieces);
  void count_write(std::uint64_t size_bytes, std::chrono::steady_clock::duration took) noexcept;
  Status commit(std::vector<TailPiece>* pieces);
  void settle(const LogEnd& end);
  void report_failure(const Status& status, bool is_final);
  void tell_listeners() noexcept;
  Status scan_for(const BookmarkId& bookmark, LogPosition from, LogPosition stop, LogPosition limit,
                  std::optional<RecordPlace>* out);
  Status save_publishers();

  const TransactionLogConfiguration configuration_;
  const std::string instance_;
  const JournalParts parts_;
  std::string directory_;  // As configured, or the temporary one.
  bool is_temporary_ = false;
  std::vector<LoggedTopic> topics_;
  std::unique_ptr<DirectoryLock> directory_lock_;
  SegmentCatalog catalog_;
  Publishers publishers_;
  Retention retention_;
  // Of the commit thread.
  std::optional<SegmentWriter> writer_;
  std::chrono::steady_clock::time_point next_sync_{};  // Of what acks do not wait for.
  Thread thread_;
  // Written by the commit thread alone; relaxed, because each is a measure of its own.
  std::atomic<std::uint64_t> write_count_{0};
  std::atomic<std::uint64_t> write_bytes_{0};
  std::atomic<std::uint64_t> write_us_{0};

  std::atomic<bool> has_room_{true};
  std::atomic<JournalHealth> health_{JournalHealth::kGood};  // Follows failure_; release.
  std::atomic<std::uint64_t> durable_txid_{0};
  std::atomic<std::uint64_t> synced_txid_{0};  // Release.
  std::atomic<int> live_readers_{0};

  mutable Mutex mutex_{LockRank::kJournal};
  CondVar wake_;
  std::optional<LogTail> tail_ AMPS_GUARDED_BY(mutex_);
  LogEnd appended_ AMPS_GUARDED_BY(mutex_);  // The position is that of the tail.
  LogEnd durable_ AMPS_GUARDED_BY(mutex_);
  Status failure_ AMPS_GUARDED_BY(mutex_);
  bool committing_ AMPS_GUARDED_BY(mutex_) = false;  // The commit thread looks again by itself.
  bool stopping_ AMPS_GUARDED_BY(mutex_) = false;
  bool abandoned_ AMPS_GUARDED_BY(mutex_) = false;

  Mutex listeners_mutex_{LockRank::kJournal};
  std::vector<JournalListener*> listeners_ AMPS_GUARDED_BY(listeners_mutex_);
};

}  // namespace amps::broker

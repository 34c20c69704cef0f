// SPDX-License-Identifier: Apache-2.0
// A journal on a file system in memory, and the words to speak about it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "broker/journal/journal.h"
#include "broker/journal/publishers.h"
#include "support/crash_file_io.h"
#include "support/test_broker.h"

namespace amps::test {

// A record that owns its texts.
struct KeptRecord {
  explicit KeptRecord(const broker::JournalRecord& record)
      : kind(record.kind),
        topic(record.topic),
        body(record.body),
        key(record.key),
        bookmark(record.bookmark),
        txid(record.txid),
        timestamp_us(record.timestamp_us) {}

  broker::RecordKind kind;
  std::string topic;
  std::string body;
  std::string key;
  broker::BookmarkId bookmark;
  std::uint64_t txid;
  std::uint64_t timestamp_us;

  bool operator==(const KeptRecord& other) const {
    return kind == other.kind && topic == other.topic && body == other.body && key == other.key &&
           bookmark == other.bookmark && txid == other.txid && timestamp_us == other.timestamp_us;
  }
};

class JournalFixture : public broker::JournalListener {
 public:
  static constexpr const char* kDirectory = "journal";

  explicit JournalFixture(FileIo* io = nullptr);
  ~JournalFixture() override { close(); }

  Status try_open();
  void open();   // Fails the test if it does not start. What it found is in `recovered`.
  void close();  // In good order.
  void crash();  // As kill does: what waits for the disk is not written.

  // Appends a message of 8 to `size` bytes that says which one it is, and remembers it in `appended`.
  broker::JournalRecord publish(std::size_t size = 100, const std::string& topic = "orders");
  Status try_publish(std::uint64_t sequence, const std::string& body, broker::JournalRecord* out);
  void wait_durable();  // Everything that was appended.
  void wait_durable(std::uint64_t txid);
  void wait_failure(bool fails);
  std::vector<KeptRecord> read_all(broker::LogPosition from, broker::LogPosition limit);
  std::vector<KeptRecord> read_all() { return read_all(journal->begin(), journal->appended_end().position); }

  void on_durable(std::uint64_t txid) noexcept override;
  void on_appended() noexcept override;

  CrashFileIo memory;
  broker::TransactionLogConfiguration configuration;
  broker::JournalParts parts;
  ManualClock clock;
  raw::KeptLog log;
  std::unique_ptr<broker::Journal> journal;
  broker::PublisherState* publisher = nullptr;
  std::uint64_t next_sequence = 1;
  std::vector<KeptRecord> appended;   // Since the fixture was made.
  std::vector<KeptRecord> recovered;  // By the latest open().
  int appended_calls = 0;

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::uint64_t durable_txid_ = 0;
  std::uint64_t calls_ = 0;
};

}  // namespace amps::test

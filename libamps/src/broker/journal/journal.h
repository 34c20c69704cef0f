// SPDX-License-Identifier: Apache-2.0
// The transaction log of an instance (broker 10): the one order of everything that was accepted, in files
// that survive a power cut, and the promise behind `persisted`.
//
//   append()      under the lock of a topic space: a copy into memory, nothing is waited for
//   commit thread takes all that was appended, one write, one fdatasync, then moves the durable end
//   listeners     are told that it moved: sessions that owe acks, cursors of subscriptions, queues
//
// Threads: any, unless a member says otherwise. Lock rank: kJournal. Blocks: open() and the destructor;
// the rest never.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/status.h"
#include "broker/configuration_state.h"
#include "broker/journal/journal_record.h"

namespace amps::broker {

class PublisherState;
class Publishers;

// A place between two records.
struct LogPosition {
  std::uint64_t segment = 0;  // Number of the file; 0: before all of them.
  std::uint64_t offset = 0;   // In the file.

  friend bool operator==(const LogPosition& left, const LogPosition& right) noexcept {
    return left.segment == right.segment && left.offset == right.offset;
  }
  friend bool operator<(const LogPosition& left, const LogPosition& right) noexcept {
    return left.segment != right.segment ? left.segment < right.segment : left.offset < right.offset;
  }
};

// The end of a part of the log: where it is, and the last record before it.
struct LogEnd {
  LogPosition position;
  std::uint64_t txid = 0;  // 0: there is no record yet.
  BookmarkId bookmark;     // Of the last publish.
  std::uint64_t timestamp_us = 0;
};

// Is told about movement. Called without a lock; may only note it and wake somebody.
class JournalListener {
 public:
  virtual ~JournalListener() = default;
  // Everything up to `txid` is on stable storage, or the journal has failed or recovered. On the commit
  // thread.
  virtual void on_durable(std::uint64_t txid) noexcept = 0;
  // Something was appended. On the appending thread, once a block.
  virtual void on_appended() noexcept {}
};

// Needs records that are not to be removed. Called on the thread that removes.
class JournalHold {
 public:
  virtual ~JournalHold() = default;
  virtual std::uint64_t oldest_needed_txid() = 0;  // UINT64_MAX: none.
};

struct JournalParts {
  FileIo* io = &system_file_io();
  const Clock* clock = &SystemClock::instance();
  LogSink* log = &null_log_sink();
};

class Journal {
 public:
  // Is given every record of the log in order, while open() runs. A failure ends the start.
  using Visitor = std::function<Status(const JournalRecord&)>;

  // Locks the directory, checks every record, cuts a torn tail off. `instance` is part of the file names.
  // Fails with AMPS_E_STORE: the text names the file, and the offset where it is damaged.
  static Status open(const TransactionLogConfiguration& configuration, const std::string& instance,
                     const JournalParts& parts, const Visitor& visit, std::unique_ptr<Journal>* out);
  virtual ~Journal() = default;  // Commits what was appended.

  // True for topics whose messages are to be appended.
  virtual bool logs(std::string_view topic, std::string_view message_type) const = 0;

  // Appends and fills in txid, timestamp (never lower than the latest) and, when the sequence is 0, a
  // sequence nobody else has. `publisher` is who counts the sequence; none when it is 0.
  // Fails with AMPS_E_PUBLISH (too large, or counted already) and AMPS_E_STORE (see failure()); then
  // nothing was appended.
  virtual Status append(JournalRecord* record, PublisherState* publisher) = 0;
  // After a block of appends, when no lock is held: wakes who reads what is not yet durable.
  virtual void end_block() = 0;
  // False: too much waits for the disk. Whoever appends stops reading until a listener is called.
  virtual bool has_room() const noexcept = 0;
  // Why nothing can be appended: the disk is full (which may pass) or failed (which does not). Success: it
  // can.
  virtual Status failure() const = 0;

  virtual std::uint64_t durable_txid() const noexcept = 0;
  virtual LogEnd durable_end() const = 0;
  virtual LogEnd appended_end() const = 0;

  virtual void add_listener(JournalListener* listener) = 0;
  virtual void remove_listener(JournalListener* listener) = 0;  // It is not called any more after that.
  virtual void add_hold(JournalHold* hold) = 0;
  virtual void remove_hold(JournalHold* hold) = 0;

  virtual Publishers& publishers() = 0;
};

}  // namespace amps::broker

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
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/file_io.h"
#include "base/log.h"
#include "base/status.h"
#include "broker/configuration_state.h"
#include "broker/journal/journal_hold.h"
#include "broker/journal/journal_record.h"
#include "broker/journal/log_facts.h"
#include "broker/journal/log_position.h"
#include "broker/journal/log_reader.h"

namespace amps::broker {

class PublisherState;
class Publishers;

// Is told about movement, under a lock of rank kJournal: it may only note it and wake somebody.
class JournalListener {
 public:
  virtual ~JournalListener() = default;
  // Everything up to `txid` is on stable storage; also called when has_room() or failure() has changed.
  // On the commit thread.
  virtual void on_durable(std::uint64_t txid) noexcept = 0;
  // Something was appended. On the appending thread, once a block, while somebody reads that early.
  virtual void on_appended() noexcept {}
};

struct JournalParts {
  FileIo* io = &system_file_io();
  const Clock* clock = &SystemClock::instance();
  LogSink* log = &null_log_sink();
};

enum class JournalHealth {
  kGood,
  kFull,    // Nothing is accepted until there is room on the disk.
  kFailed,  // Nothing is accepted until the next start.
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
  // Forgets what waits for the disk, as a killed process would. Nothing is appended any more. For tests.
  virtual void abandon() noexcept = 0;

  // True for topics whose messages are to be appended. Threads: holding the lock of the topic space of the
  // type, because a pattern is matched by one thread at a time.
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
  virtual JournalHealth health() const noexcept = 0;
  virtual LogFacts facts() const { return {}; }

  virtual std::uint64_t durable_txid() const noexcept = 0;
  // The same; lower where `SyncBeforeAck` lets acks go before the disk has what they speak of.
  virtual std::uint64_t synced_txid() const noexcept = 0;
  virtual LogEnd durable_end() const = 0;
  virtual LogEnd appended_end() const = 0;

  // Reading. Positions are those of this instance's files; a bookmark says nothing about order.
  virtual LogPosition begin() const = 0;
  // Where the message lies; nothing: it is not in the log. Blocks, for a millisecond or so.
  virtual Status find(const BookmarkId& bookmark, std::optional<RecordPlace>* out) = 0;
  // The first record later than that; appended_end() when there is none yet. Blocks likewise.
  virtual Status find_after_time(std::uint64_t utc_us, LogPosition* out) = 0;
  virtual std::unique_ptr<LogReader> make_reader() = 0;

  // A listener is not called any more once remove_listener() has returned.
  virtual void add_listener(JournalListener* listener) = 0;
  virtual void remove_listener(JournalListener* listener) = 0;
  // How many cursors read what is only appended: without any, nobody is told of it.
  virtual void count_live_readers(int difference) noexcept = 0;
  virtual void add_hold(JournalHold* hold) = 0;
  virtual void remove_hold(JournalHold* hold) = 0;

  // Publishers. A sequence up to which everything of the publisher is durable.
  virtual Publishers& publishers() = 0;
  virtual std::uint64_t settled_sequence(PublisherState* publisher) = 0;

  // Moves, or removes, files whose records are all older than that and that nobody needs; never the current
  // one, and never one after a file that has to stay. Blocks.
  virtual Status archive_before(std::uint64_t utc_us, std::uint64_t* count) = 0;
  virtual Status remove_before(std::uint64_t utc_us, std::uint64_t* count) = 0;
};

}  // namespace amps::broker

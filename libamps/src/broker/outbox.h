// SPDX-License-Identifier: Apache-2.0
// Bytes waiting to be written to one client. Publishers on any thread append; the client's own thread
// writes. Bounded: a client that does not keep up is cut off, and nobody ever waits for it.
// Threads: append from any; the rest on the thread of the client's connection. Lock rank: kSessionOutbox.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

#include "base/buffer.h"
#include "base/sync.h"
#include "broker/shared_block.h"
#include "net/byte_stream.h"

namespace amps::broker {

class Connection;
class Outbox;

// Bytes that are made when there is room for them: a query's result takes its place among what waits, and
// what comes later waits behind it.
// Threads: appended and destroyed on the thread of the connection, used on the same.
class OutboxSource {
 public:
  virtual ~OutboxSource() = default;
  // Appends whole frames, some ten thousand bytes, or fewer after a bounded amount of work; possibly
  // none yet. False: that was the last.
  virtual bool encode_some(Buffer* out) = 0;
  virtual void cancel(std::string_view query_id) = 0;  // Ends early if it is that query's.
  // It has ended because going on would keep other clients waiting: its own is cut off.
  virtual bool is_too_costly() const noexcept { return false; }
};

// Bounds and counts of all outboxes of a broker. Limits are set before the first outbox exists.
struct OutboxLimits {
  std::uint64_t client_bytes_max = 0;
  std::uint64_t total_bytes_max = 0;
  std::atomic<std::uint64_t> total_bytes{0};  // Relaxed: a measure, nothing is ordered by it.
};

// The thread that writes an outbox.
class OutboxHome {
 public:
  virtual ~OutboxHome() = default;
  // Notes that the outbox has bytes; called once until it was emptied, and once more when
  // its client is cut off. Threads: any.
  virtual void schedule(Outbox* outbox) = 0;
};

// Why a client gets nothing more; its own thread then disconnects it.
enum class CutOff : std::uint8_t {
  kNone,
  kSlow,    // Too many bytes waited.
  kCostly,  // Its filters keep others waiting.
};

class Outbox {
 public:
  // `connection` is whose bytes these are; only its home looks at it.
  Outbox(OutboxHome* home, OutboxLimits* limits, Connection* connection)
      : home_(home), limits_(limits), connection_(connection) {}
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Copies. `now_ms` says since when the bytes wait; `messages` how many deliveries they are.
  void append(std::string_view bytes, std::uint64_t now_ms, std::uint64_t messages = 0);
  // Shares a whole block; small ones are copied, because a reference costs more than a short copy and
  // keeps the whole block alive.
  void append(const SharedBlockRef& block, std::uint64_t now_ms, std::uint64_t messages = 0);

  // Bytes that were made because there was room for them: they are let in whatever waits, nobody is cut off
  // on their account, and they grow no older.
  void append_paced(SharedBlockRef block, std::uint64_t messages = 0);
  // Little waits, so that bytes may be made.
  bool has_room() const noexcept;
  void wake();  // Has its home look at it once more, whether bytes wait or not.

  // Takes its place behind what was appended before. False: too many wait already.
  bool append(std::unique_ptr<OutboxSource> source, std::uint64_t now_ms);
  void cancel_sources(std::string_view query_id);
  // Everything appended so far was written, or is bytes that wait.
  bool has_sources() const;

  // Writes what is there. kOk: all of it, or so much that others should have their turn and it has
  // scheduled itself again.
  // The size is that of all that was written, whatever the state.
  net::IoResult write_to(net::ByteStream* stream, std::uint64_t now_ms);
  // Drops everything that waits, now and later.
  void discard();
  // The first reason stays.
  void cut_off(CutOff why);
  CutOff cut_off() const;
  // Steady time at which the oldest waiting byte was appended; UINT64_MAX when none waits.
  std::uint64_t oldest_ms() const;
  std::uint64_t waiting_bytes() const noexcept { return waiting_bytes_.load(std::memory_order_relaxed); }
  // Deliveries appended so far, whether written or not.
  std::uint64_t message_count() const noexcept { return message_count_.load(std::memory_order_relaxed); }
  std::uint64_t bytes_max() const noexcept { return limits_->client_bytes_max; }
  Connection* connection() const noexcept { return connection_; }

 private:
  // Bytes from `begin` on, counted over the outbox's life, were appended at or after `at_ms`, or are paced.
  struct AgeMark {
    std::uint64_t begin;
    std::uint64_t at_ms;
  };
  // One of both.
  struct Item {
    SharedBlockRef block;
    std::unique_ptr<OutboxSource> source;
  };
  bool admit(std::size_t size, std::uint64_t now_ms) AMPS_REQUIRES(mutex_);
  void drop(CutOff why) AMPS_REQUIRES(mutex_);
  bool needs_schedule() AMPS_REQUIRES(mutex_);
  void mark(std::uint64_t at_ms) AMPS_REQUIRES(mutex_);
  void count(std::size_t size) AMPS_REQUIRES(mutex_);
  void count_messages(std::uint64_t messages) AMPS_REQUIRES(mutex_);
  std::uint64_t paced_bytes() const AMPS_REQUIRES(mutex_);
  void take_appended();
  net::IoState write_taken(net::ByteStream* stream, std::uint64_t* count);
  net::IoState write_block(net::ByteStream* stream, std::uint64_t* count);
  bool encode_front(std::uint64_t* steps);
  void consumed(std::uint64_t count);
  void note_progress(std::uint64_t now_ms);

  OutboxHome* const home_;
  OutboxLimits* const limits_;
  Connection* const connection_;
  // Written under the lock; read without it as a measure.
  std::atomic<std::uint64_t> waiting_bytes_{0};
  std::atomic<std::uint64_t> message_count_{0};

  mutable Mutex mutex_{LockRank::kSessionOutbox};
  std::deque<Item> appended_ AMPS_GUARDED_BY(mutex_);
  bool tail_is_ours_ AMPS_GUARDED_BY(mutex_) = false;  // The last block may be appended to.
  SharedBlockRef spare_ AMPS_GUARDED_BY(mutex_);       // An empty block to be our next tail.
  std::deque<AgeMark> marks_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t appended_bytes_ AMPS_GUARDED_BY(mutex_) = 0;  // Ever.
  std::uint64_t written_bytes_ AMPS_GUARDED_BY(mutex_) = 0;   // Ever.
  bool scheduled_ AMPS_GUARDED_BY(mutex_) = false;
  CutOff cut_off_ AMPS_GUARDED_BY(mutex_) = CutOff::kNone;
  bool untold_ AMPS_GUARDED_BY(mutex_) = false;  // Cut off, and its home has not been told yet.
  bool discarding_ AMPS_GUARDED_BY(mutex_) = false;
  std::size_t source_count_ AMPS_GUARDED_BY(mutex_) = 0;  // In both queues.

  // Owned by the writing thread.
  std::deque<Item> writing_;
  std::size_t offset_ = 0;  // Bytes of writing_.front() already written.
};

}  // namespace amps::broker

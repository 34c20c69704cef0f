// SPDX-License-Identifier: Apache-2.0
// The rules of a message queue and nothing else (broker 9): who gets which message when, what leases,
// acknowledgements and limits do to it. It reads no clock and does no input or output: time comes with
// the events, and what follows from them goes to a QueueOutput.
// Threads: one at a time. An event costs O(log n) in messages and consumers, times the number of
// distinct filters that must look at a message.
//
// A burst of events is followed by one settle(), which delivers what can be delivered. Events that come
// at a time after something was due see it done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/queue/deferred_acks.h"
#include "broker/queue/queue_entry.h"
#include "broker/queue/queue_output.h"
#include "broker/queue/queue_rules.h"
#include "broker/queue/queue_walk.h"
#include "broker/queue/waiting_messages.h"

namespace amps::broker {

enum class AckKind {
  kAcknowledge,
  kCancel,  // Back into the queue.
  kExpire,
};

enum class AckOutcome {
  kDone,
  kUnknown,      // No such message is in the queue: it was settled before, or never came.
  kNotLeased,    // A cancel of a message nobody holds changes nothing.
  kHeldByOther,  // Strict leasing.
};

struct QueueCounts {
  std::uint64_t added = 0;
  std::uint64_t delivered = 0;
  std::uint64_t redelivered = 0;  // Of those, the second and later deliveries of a message.
  std::uint64_t acknowledged = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t expired = 0;
  std::uint64_t expired_leases = 0;
};

class Queue {
 public:
  Queue(const QueueRules& rules, QueueOutput* output);
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // A message of the log. One that was acknowledged before it came is removed at once.
  void add(QueueMessage message, std::uint64_t now_us);

  // `backlog` is what the consumer asked for; backlog_of() is what it has.
  ConsumerId subscribe(ClientId client, FilterId filter, std::uint64_t backlog, std::uint64_t now_us);
  // What it holds, it keeps; when that is more than the new backlog, it gets nothing until it is less.
  void replace(ConsumerId consumer, FilterId filter, std::uint64_t backlog, std::uint64_t now_us);
  // What it holds goes back to where it was.
  void unsubscribe(ConsumerId consumer, std::uint64_t now_us);
  // What the consumer's subscription holds in other queues counts against its backlog here.
  void set_elsewhere(ConsumerId consumer, std::uint32_t outstanding);
  std::uint32_t backlog_of(ConsumerId consumer) const { return consumers_.at(consumer).backlog; }
  std::uint32_t outstanding_of(ConsumerId consumer) const { return consumers_.at(consumer).outstanding; }

  AckOutcome acknowledge(const BookmarkId& id, AckKind kind, ClientId client, std::uint64_t now_us);
  // Remembers an ack that acknowledge() did not know, when its message may still come.
  void defer_ack(const BookmarkId& id, std::uint64_t now_us);

  // Ends what is due and delivers what can be delivered.
  void settle(std::uint64_t now_us);
  // When settle() is to be called at the latest. kNeverUs: only after an event.
  std::uint64_t next_due_us() const;

  // Messages in the queue, leased ones included.
  std::size_t depth() const noexcept { return depth_; }
  std::size_t waiting_count() const noexcept { return waiting_.size(); }
  std::size_t leased_count() const noexcept { return leased_; }
  std::size_t outstanding_count() const noexcept { return outstanding_; }
  std::size_t consumer_count() const noexcept { return consumers_.size(); }
  std::size_t deferred_ack_count() const noexcept { return deferred_.size(); }
  const QueueCounts& counts() const noexcept { return counts_; }
  // kNeverUs: no lease has an end.
  std::uint64_t first_lease_end_us() const noexcept {
    return leases_.front() == nullptr ? kNeverUs : leases_.front()->lease_end_us;
  }
  // Everything before is settled for ever. None when the queue is empty.
  const QueueMessage* oldest() const noexcept { return by_age_.front(); }
  const QueueMessage* find(const BookmarkId& id) const;
  static bool is_waiting(const QueueMessage& message) noexcept {
    return static_cast<const QueueEntry&>(message).state == EntryState::kWaiting;
  }
  // Messages nobody holds, in the order of delivery, until visit(const QueueMessage&) says no.
  template <typename Visit>
  void for_each_waiting(Visit visit) const {
    waiting_.for_each(visit);
  }

 private:
  friend class QueueWalk;
  void pass_time(std::uint64_t now_us);
  void make_waiting(QueueEntry* entry);
  void hold(QueueEntry* entry, Consumer* consumer);
  void release(QueueEntry* entry);
  void give_back(QueueEntry* entry);
  void remove(QueueEntry* entry, Removal why);
  void leave_queue(QueueEntry* entry);
  bool may_settle(const QueueEntry& entry, ClientId client) const noexcept;
  AckOutcome cancel(QueueEntry* entry);
  void join(Consumer* consumer, FilterId filter);
  void part(Consumer* consumer);
  void update_room(Consumer* consumer);
  bool deliver_barrier();
  void deliver_first(QueueEntry* entry);
  std::uint32_t granted(std::uint64_t backlog) const noexcept;

  const QueueRules rules_;
  QueueOutput& output_;
  std::uint64_t now_us_ = 0;
  std::unordered_map<BookmarkId, QueueEntry, BookmarkIdHash> entries_;
  Chain<QueueEntry, &QueueEntry::in_age> by_age_;
  std::vector<QueueWalk*> walks_;  // At most one for each thread that carries out commands.
  Chain<QueueEntry, &QueueEntry::in_barriers> barriers_;
  Chain<QueueEntry, &QueueEntry::in_leases> leases_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, QueueEntry*> expirations_;  // By time and position.
  WaitingMessages waiting_;
  std::map<ConsumerId, Consumer> consumers_;
  ConsumerId next_consumer_ = 1;
  Fairness fairness_;
  DeferredAcks deferred_;
  std::size_t depth_ = 0;
  std::size_t leased_ = 0;
  std::size_t outstanding_ = 0;
  QueueCounts counts_;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// A queue as part of the broker: its consumers are subscriptions, its deliveries frames, and what it
// settles is written to the log.
// Threads: under the lock of the topic space, inside a block (TopicSpace::begin_block).
//
// What is fed has been read from the log, so it is durable. What is delivered at most once is sent when
// its removal is durable: sent before, it could be sent again after a crash.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "broker/configuration_state.h"
#include "broker/filter.h"
#include "broker/journal/journal.h"
#include "broker/monitor/broker_facts.h"
#include "broker/queue/dead_letters.h"
#include "broker/queue/queue.h"
#include "broker/queue/queue_body.h"
#include "broker/subscription.h"
#include "broker/timed_work.h"
#include "broker/topic_space.h"

namespace amps::broker {

// What a queue works with and does not own.
struct QueueParts {
  TopicSpace* space = nullptr;
  Journal* journal = nullptr;
  const Clock* clock = nullptr;
  LogSink* log = nullptr;
  const DeadLetters* dead_letters = nullptr;  // None: what expires is gone.
};

class QueueTopic final : public TimedWork, QueueOutput {
 public:
  QueueTopic(const QueueConfiguration& configuration, const QueueParts& parts);
  QueueTopic(const QueueTopic&) = delete;
  QueueTopic& operator=(const QueueTopic&) = delete;

  const std::string& name() const noexcept { return configuration_.name; }
  const QueueConfiguration& configuration() const noexcept { return configuration_; }
  const Queue& state() const noexcept { return queue_; }
  void describe(TopicFacts* out) const;  // For statistics.

  // For the feeder. Takes messages from the front of the batch while the queue has room for more, and
  // returns how many; when it is not all, `wake` will be called once there is room again.
  // `is_all`: the log has no other messages for the queue.
  std::size_t feed(std::vector<QueueMessage>* batch, bool is_all);
  // False: the latest feed() did not take all, and there is no room yet. Threads: any.
  bool wants_more() const noexcept { return !is_full_.load(std::memory_order_acquire); }
  // Acks of earlier runs that came before their messages.
  void remember_early(const std::vector<BookmarkId>& ids);
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }
  // Sends what waited for the log, and goes on with what was due.
  void on_durable();
  std::uint64_t run_due(std::uint64_t now_ms) override;
  // Expired messages that are to be published, oldest first. They count as settled when they were: bury().
  const std::vector<DeadLetter>& dead() const noexcept { return dead_; }
  void bury(std::size_t count);
  // The log records nobody may remove begin here; UINT64_MAX: none.
  std::uint64_t oldest_needed_txid() const;

  // For the topic space.
  void subscribe(const Subscription* subscription);
  // A replacement takes the place of the old subscription in all its queues before any of them looks at
  // what it holds in the others: rename() each, then replace() each.
  void rename(const Subscription* old, const Subscription* replacement);
  void replace(const Subscription* old, const Subscription* replacement);
  void unsubscribe(const Subscription* subscription);
  // The backlog a subscription gets that wants this much.
  std::uint64_t granted_backlog(std::uint64_t wanted) const noexcept;

  // For acknowledgements. `client` is the outbox of who sends it; none: the broker itself.
  struct AckCounts {
    std::uint64_t examined = 0;
    std::uint64_t settled = 0;  // Or cancelled.
  };
  // Messages that `readable` does not accept are nobody's business: as if they were not there. None: all are.
  AckCounts acknowledge(const std::vector<BookmarkId>& ids, AckKind kind, const Outbox* client,
                        const Filter* readable = nullptr);
  // For acknowledgements by filter, which look at messages without the lock. A queue may be long, so:
  // some messages of a walk at a time, …
  struct Sighting {
    BookmarkId id;
    RecordRef record;
    std::string topic;
    std::string key;
    MessageFacts facts() const noexcept;
  };
  std::unique_ptr<QueueWalk> walk() { return std::make_unique<QueueWalk>(&queue_); }
  void look(QueueWalk* walk, std::size_t count, std::vector<Sighting>* out) const;
  // … and then those that are to go, as far as they are still there. Returns how many went.
  std::uint64_t acknowledge_seen(const std::vector<BookmarkId>& ids, const Outbox* client);
  // The log has not taken some acknowledgements; they are written when it takes records again.
  bool has_unwritten() const noexcept { return !settled_.empty(); }
  // Available messages in the order of delivery.
  std::vector<RecordRef> browse() const;
  std::vector<RecordRef> browse(const std::vector<std::string>& keys) const;

 private:
  struct Member {
    const Subscription* subscription;
    std::string prefix;  // Of its deliveries.
    FilterId filter;
    std::uint32_t told = 0;  // What its other queues know that it holds here.
  };
  struct Unsent {
    ConsumerId consumer;
    std::uint64_t txid;  // Of the record that removes it; kUnwritten.
    std::string frame;
  };

  bool matches(FilterId filter, const QueueMessage& message) override;
  void deliver(ConsumerId consumer, const QueueMessage& message) override;
  void remove(const QueueMessage& message, Removal why) override;

  std::uint64_t time_us(std::uint64_t steady_ms) const noexcept;
  std::uint64_t now_ms() const;
  std::uint64_t now_us() const { return time_us(now_ms()); }
  void finish();  // After events: delivers, writes, arms the alarm.
  void share(ConsumerId id);
  void learn_elsewhere(const Subscription* subscription);
  void tell_siblings();
  void write_settled();
  std::size_t count_max() const noexcept;
  bool was_settled(const BookmarkId& id) const;
  bool may_read(const Filter* readable, const QueueMessage* message) const;
  void note_fed(const BookmarkId& id);
  FilterId use_filter(const Subscription* subscription);
  void release_filter(FilterId filter, const Subscription* subscription);
  void encode(const Member& member, const QueueMessage& message);

  const QueueConfiguration& configuration_;
  const QueueParts parts_;
  const std::uint64_t base_ms_;  // The queue counts steady time from here …
  const std::uint64_t base_us_;  // … which was this UTC.
  std::function<void()> wake_;
  Queue queue_;
  std::size_t body_bytes_ = 0;
  std::atomic<bool> is_full_{false};  // Release by who makes room, acquire by the feeder.
  bool has_all_ = false;              // No message waits in the log.

  std::unordered_map<ConsumerId, Member> members_;
  std::unordered_map<const Subscription*, ConsumerId> consumers_;
  std::set<ConsumerId> shared_;  // Those that are consumers of other queues too.
  // Subscriptions of the same filter, any of which can be asked.
  std::unordered_map<FilterId, std::vector<const Subscription*>> filters_;
  std::unordered_map<std::string, FilterId> filter_ids_;  // By text.
  FilterId next_filter_ = 1;

  std::vector<BookmarkId> settled_;  // Not yet written.
  std::vector<DeadLetter> dead_;
  std::size_t dead_told_ = 0;  // Of dead_: those the feeder was woken for. It tries again when the log moves.
  std::deque<Unsent> unsent_;
  std::unordered_map<std::uint64_t, std::uint64_t> highest_fed_;  // Sequence by publisher.
  Buffer scratch_;
};

}  // namespace amps::broker

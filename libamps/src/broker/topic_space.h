// SPDX-License-Identifier: Apache-2.0
// All topics and subscriptions of one message type, and the order of its messages: publishes are
// accepted one after the other under its lock, so every subscription sees all topics in one order.
// Threads: any, holding mutex(). Lock rank: kTopicSpace.
//
// A received block of publishes goes: lock, begin_block(), publish() each, hand_out(), unlock.
// Messages wait between publish() and hand_out(); nothing else may happen to the space in between.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/random_hash.h"
#include "base/status.h"
#include "base/sync.h"
#include "broker/conflation_schedule.h"
#include "broker/format/message_format.h"
#include "broker/selective_delivery.h"
#include "broker/statistics.h"
#include "broker/store.h"
#include "broker/subscription.h"
#include "broker/timed_work.h"
#include "broker/topic.h"
#include "broker/topic_log.h"
#include "wire/timestamp.h"

namespace amps::broker {

class TopicSpace {
 public:
  // `format` outlives the space; none: that of the name, if every broker has it.
  TopicSpace(std::string message_type, const Clock& clock, Statistics* statistics,
             const MessageFormat* format = nullptr);
  ~TopicSpace();
  TopicSpace(const TopicSpace&) = delete;
  TopicSpace& operator=(const TopicSpace&) = delete;

  Mutex& mutex() AMPS_THREAD_ANNOTATION(lock_returned(mutex_)) { return mutex_; }
  const std::string& message_type() const noexcept { return message_type_; }
  const MessageFormat* format() const noexcept { return format_; }  // None: bodies have no fields.

  // From here on, what is logged goes through the journal. Before the first publish.
  void open_log(Journal* journal, std::uint64_t own_id) AMPS_REQUIRES(mutex_);
  TopicLog& log() AMPS_REQUIRES(mutex_) { return log_; }
  bool logs(std::string_view topic) AMPS_REQUIRES(mutex_) { return find_or_add(topic)->is_logged; }

  // Makes a topic keep state, for ever. Before the first publish.
  Topic* declare(std::string_view topic, std::unique_ptr<Store> store) AMPS_REQUIRES(mutex_);
  // Topics that keep state, in the order they were declared in.
  const std::vector<Topic*>& declared_topics() const AMPS_REQUIRES(mutex_) { return declared_; }
  Topic* find(std::string_view name) AMPS_REQUIRES(mutex_);  // None: nobody has named it yet.
  // Makes an observer follow a topic, which then exists for ever.
  void observe(std::string_view topic, TopicObserver* observer) AMPS_REQUIRES(mutex_);

  // Makes a topic a queue, for ever: its subscriptions are consumers, and publishes to it go elsewhere.
  void declare_queue(QueueTopic* queue) AMPS_REQUIRES(mutex_);
  // Calls visit(QueueTopic*) for the queue of that name, or those a pattern matches.
  template <typename Visit>
  void for_each_queue(std::string_view topic, const TopicPattern* pattern, Visit visit)
      AMPS_REQUIRES(mutex_) {
    for (Topic* one : queues_) {
      if (pattern != nullptr ? pattern->matches(one->name) == PatternMatch::kYes : one->name == topic) {
        visit(one->queue);
      }
    }
  }
  bool has_queues() const AMPS_REQUIRES(mutex_) { return !queues_.empty(); }
  // A queue has sent a message.
  void count_delivery(std::size_t bytes) AMPS_REQUIRES(mutex_) {
    ++messages_out_, fanned_out_bytes_ += bytes;
  }

  // Of the conflated subscriptions.
  ConflationSchedule& conflations() AMPS_REQUIRES(mutex_) { return conflations_; }

  // Timed work is borrowed until the space goes.
  void add_timed_work(TimedWork* work) AMPS_REQUIRES(mutex_) { timed_work_.push_back(work); }
  // Has the timed work run no later than this, on the thread that keeps the alarm.
  void wake_at(std::uint64_t deadline_ms) AMPS_REQUIRES(mutex_);
  // `alarm` is called under the lock with the steady time at which run_timed_work() is wanted. Threads: any.
  void set_alarm(std::function<void(std::uint64_t)> alarm);
  void run_timed_work();

  // The space borrows the subscription until remove(). A replacement takes the place of the old one
  // in the order of ids; no message is lost or sent twice, because the lock is held throughout.
  void add(Subscription* subscription) AMPS_REQUIRES(mutex_);
  void remove(const Subscription* subscription) AMPS_REQUIRES(mutex_);
  void replace(const Subscription* old, Subscription* replacement) AMPS_REQUIRES(mutex_);

  void begin_block(std::uint64_t now_ms) AMPS_REQUIRES(mutex_) {
    now_ms_ = now_ms;
    now_us_ = fanned_out_bytes_ = 0;
  }
  // The failure of a refused message. Successes cost no allocation; one is also that the message is in the
  // transaction log already, and then nothing happens.
  Status publish(Publish publish) AMPS_REQUIRES(mutex_);
  // What the acks of the latest publish or removal have to wait for.
  const SavedPoint& saved_point() const AMPS_REQUIRES(mutex_) { return saved_point_; }
  // Removes a record, for which `kind` says why, inside a block.
  Status remove_record(Topic* topic, RecordStore::Slot slot, ChangeKind kind, const Publisher* publisher)
      AMPS_REQUIRES(mutex_);
  // Tells subscribers and observers of a change that a topic's store has made by itself, inside a block.
  void announce(Topic* topic, const Change& change) AMPS_REQUIRES(mutex_);
  // Hands out what waits for a private topic, which is about to go.
  void forget(const Topic* topic) AMPS_REQUIRES(mutex_);
  // A message of the broker itself on a reserved topic.
  void publish_event(const Publish& publish) AMPS_REQUIRES(mutex_);
  void hand_out() AMPS_REQUIRES(mutex_);
  std::size_t topic_count() const AMPS_REQUIRES(mutex_) { return topics_.size(); }
  // The time of the block at hand, read once: all its messages were processed together.
  std::uint64_t now_us() AMPS_REQUIRES(mutex_) { return now_us_ != 0 ? now_us_ : now_us_ = clock_.utc_us(); }
  std::uint64_t now_ms() const AMPS_REQUIRES(mutex_) { return now_ms_; }  // Steady.
  // Bytes delivered or waiting for hand_out() since begin_block(), once for each receiver.
  std::uint64_t fanned_out_bytes() const AMPS_REQUIRES(mutex_) { return fanned_out_bytes_; }

  // Subscriptions that may match reserved topics; without any, events need not be made.
  bool has_event_subscribers() const noexcept {
    return event_subscribers_.load(std::memory_order_relaxed) != 0;
  }

 private:
  Topic* find_or_add(std::string_view name) AMPS_REQUIRES(mutex_);
  void update_logged(Topic* topic) const AMPS_REQUIRES(mutex_);
  void evict_idle_topics() AMPS_REQUIRES(mutex_);
  bool has_route(const Topic& topic) const AMPS_REQUIRES(mutex_) {
    return topic.route_generation == generation_;
  }
  void follow_pattern(const Subscription& subscription, bool comes) AMPS_REQUIRES(mutex_);
  bool is_for(const Subscription& pattern, const Topic& topic) AMPS_REQUIRES(mutex_);
  void find_subscribers(Topic* topic) AMPS_REQUIRES(mutex_);
  void update_route(Topic* topic) AMPS_REQUIRES(mutex_);
  Status read_for_filters(Topic* topic, std::string_view body, bool* is_read) AMPS_REQUIRES(mutex_);
  void deliver(Topic* topic, const Change& change, std::string_view expiration, bool is_read)
      AMPS_REQUIRES(mutex_);
  void deliver_to_groups(Topic* topic, const Change& change, const Delivery& delivery) AMPS_REQUIRES(mutex_);
  void insert(Subscription* subscription, std::uint64_t order) AMPS_REQUIRES(mutex_);
  void erase(const Subscription* subscription) AMPS_REQUIRES(mutex_);
  void find_queues(Subscription* subscription) AMPS_REQUIRES(mutex_);
  std::string_view timestamp(const Change& change) AMPS_REQUIRES(mutex_) {
    return timestamp_text_.of(change.timestamp_us != 0 ? change.timestamp_us : now_us());
  }

  const std::string message_type_;
  const MessageFormat* const format_;
  const Clock& clock_;
  Statistics* const statistics_;
  BlockPool blocks_;                                 // First, because topics hold blocks of it.
  std::atomic<std::uint64_t> event_subscribers_{0};  // Relaxed: an event may just miss a new subscriber.

  Mutex mutex_{LockRank::kTopicSpace};
  // Keyed by the topic's own name. Topics nobody names are a cache of routes and may be dropped.
  std::unordered_map<std::string_view, std::unique_ptr<Topic>, RandomHash> topics_ AMPS_GUARDED_BY(mutex_);
  std::vector<Topic*> declared_ AMPS_GUARDED_BY(mutex_);
  std::vector<Topic*> queues_ AMPS_GUARDED_BY(mutex_);
  std::unordered_set<const Subscription*> pattern_subscriptions_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t generation_ AMPS_GUARDED_BY(mutex_) = 1;  // Routes of an older one are worked out anew.
  std::uint64_t next_order_ AMPS_GUARDED_BY(mutex_) = 1;
  std::size_t idle_topics_max_ AMPS_GUARDED_BY(mutex_);

  ConflationSchedule conflations_ AMPS_GUARDED_BY(mutex_);
  std::vector<TimedWork*> timed_work_ AMPS_GUARDED_BY(mutex_);
  std::function<void(std::uint64_t)> alarm_ AMPS_GUARDED_BY(mutex_);
  std::uint64_t armed_ms_ AMPS_GUARDED_BY(mutex_) = UINT64_MAX;

  // The block at hand.
  std::uint64_t now_ms_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t now_us_ AMPS_GUARDED_BY(mutex_) = 0;                       // 0: nobody asked yet.
  Topic* current_ AMPS_GUARDED_BY(mutex_) = nullptr;                       // Topic of the latest publish.
  std::vector<DeliveryGroup>* waiting_ AMPS_GUARDED_BY(mutex_) = nullptr;  // Groups that have bytes pending.
  std::uint64_t fanned_out_bytes_ AMPS_GUARDED_BY(mutex_) = 0;
  std::uint64_t messages_out_ AMPS_GUARDED_BY(mutex_) = 0;
  SavedPoint saved_point_ AMPS_GUARDED_BY(mutex_);
  SelectiveDelivery selective_ AMPS_GUARDED_BY(mutex_);
  wire::TimestampText timestamp_text_ AMPS_GUARDED_BY(mutex_);
  BookmarkText bookmark_text_ AMPS_GUARDED_BY(mutex_);
  TopicLog log_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::broker

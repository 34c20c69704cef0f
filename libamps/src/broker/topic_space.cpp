// SPDX-License-Identifier: Apache-2.0
#include "broker/topic_space.h"

#include <algorithm>
#include <utility>

#include "broker/queue/queue_topic.h"
#include "broker/security/rights.h"

namespace amps::broker {

namespace {

constexpr std::size_t kIdleTopicsMax = 65'536;  // Routes kept for topics nobody subscribes to by name.
// With more topics, their routes are worked out anew when a pattern comes or goes, and not followed up.
constexpr std::size_t kFollowedTopicsMax = 256;

bool may_match_reserved(const Subscription& subscription) noexcept {
  return subscription.topic.find("/AMPS") != std::string::npos;
}

// A delta makes something of what the record had, so both have to be writable: a delta that is by itself
// would otherwise take over, and then show, a record that is not.
Status check_merge(const Publish& publish, const Change& change) {
  if (!publish.delta || publish.grant == nullptr || change.kind != ChangeKind::kUpdate) return {};
  const std::string& topic = change.topic->name;
  if (publish.grant->allows(topic, change.previous) && publish.grant->allows(topic, change.current))
    return {};
  return Status(AMPS_E_NOT_ENTITLED, "the record, or what would become of it");
}

bool contains(const std::vector<QueueTopic*>& queues, const QueueTopic* queue) {
  return std::find(queues.begin(), queues.end(), queue) != queues.end();
}

}  // namespace

TopicSpace::TopicSpace(std::string message_type, const Clock& clock, Statistics* statistics,
                       const MessageFormat* format)
    : message_type_(std::move(message_type)),
      format_(format != nullptr ? format : find_message_format(message_type_)),
      clock_(clock),
      statistics_(statistics),
      idle_topics_max_(kIdleTopicsMax),
      log_(message_type_) {
  timed_work_.push_back(&conflations_);
}

TopicSpace::~TopicSpace() = default;

Topic* TopicSpace::find(std::string_view name) {
  if (current_ != nullptr && current_->name == name) return current_;
  const auto found = topics_.find(name);
  return found == topics_.end() ? nullptr : found->second.get();
}

Topic* TopicSpace::find_or_add(std::string_view name) {
  if (Topic* topic = find(name)) return topic;
  if (topics_.size() >= idle_topics_max_) evict_idle_topics();
  auto topic = std::make_unique<Topic>(std::string(name));
  Topic* const added = topic.get();
  update_logged(added);
  topics_.emplace(added->name, std::move(topic));
  return added;
}

void TopicSpace::evict_idle_topics() {
  hand_out();
  current_ = nullptr;
  for (auto at = topics_.begin(); at != topics_.end();) {
    at = at->second->is_idle() ? topics_.erase(at) : std::next(at);
  }
  idle_topics_max_ = topics_.size() + kIdleTopicsMax;
}

void TopicSpace::open_log(Journal* journal, std::uint64_t own_id) {
  log_.open(journal, own_id);
  for (const auto& [name, topic] : topics_) update_logged(topic.get());
}

void TopicSpace::update_logged(Topic* topic) const {
  const bool is_derived = topic->store != nullptr && topic->store->is_derived();
  topic->is_logged = topic->kind == TopicKind::kOrdinary && !is_derived && log_.logs(topic->name);
}

Topic* TopicSpace::declare(std::string_view name, std::unique_ptr<Store> store) {
  Topic* const topic = find_or_add(name);
  topic->store = std::move(store);
  update_logged(topic);
  declared_.push_back(topic);
  return topic;
}

void TopicSpace::observe(std::string_view topic, TopicObserver* observer) {
  find_or_add(topic)->observers.push_back(observer);
}

void TopicSpace::declare_queue(QueueTopic* queue) {
  Topic* const topic = find_or_add(queue->name());
  topic->queue = queue;
  topic->publish_target = queue->configuration().publish_target;
  queues_.push_back(topic);
  add_timed_work(queue);
}

void TopicSpace::set_alarm(std::function<void(std::uint64_t)> alarm) {
  MutexLock lock(mutex_);
  alarm_ = std::move(alarm);
  if (alarm_ && armed_ms_ != UINT64_MAX) alarm_(armed_ms_);
}

void TopicSpace::wake_at(std::uint64_t deadline_ms) {
  if (deadline_ms >= armed_ms_) return;
  armed_ms_ = deadline_ms;
  if (alarm_) alarm_(deadline_ms);
}

void TopicSpace::run_timed_work() {
  MutexLock lock(mutex_);
  armed_ms_ = UINT64_MAX;
  const std::uint64_t now = clock_.steady_ms();
  begin_block(now);
  std::uint64_t next = UINT64_MAX;
  for (TimedWork* work : timed_work_) next = std::min(next, work->run_due(now));
  hand_out();
  wake_at(next);
}

void TopicSpace::insert(Subscription* subscription, std::uint64_t order) {
  subscription->order = order;
  for (const auto& variant : subscription->variants) {
    if (variant != nullptr) variant->order = order;
  }
  Statistics::add(statistics_->subscriptions);
  if (subscription->feed != nullptr) return subscription->feed->enter(subscription);
  if (may_match_reserved(*subscription)) event_subscribers_.fetch_add(1, std::memory_order_relaxed);
  if (subscription->pattern != nullptr) {
    pattern_subscriptions_.insert(subscription);
    follow_pattern(*subscription, true);
  } else {
    Topic* const topic = find_or_add(subscription->topic);
    topic->literal_subscriptions.insert(subscription);
    if (topic->queue == nullptr && has_route(*topic)) topic->route.add(*subscription);
  }
}

void TopicSpace::add(Subscription* subscription) {
  insert(subscription, next_order_++);
  if (subscription->feed == nullptr) find_queues(subscription);
  for (QueueTopic* queue : subscription->queues) queue->subscribe(subscription);
}

void TopicSpace::erase(const Subscription* subscription) {
  Statistics::subtract(statistics_->subscriptions);
  if (subscription->conflation != nullptr) subscription->conflation->drop();
  if (subscription->feed != nullptr) return subscription->feed->leave();
  if (may_match_reserved(*subscription)) event_subscribers_.fetch_sub(1, std::memory_order_relaxed);
  if (subscription->pattern != nullptr) {
    pattern_subscriptions_.erase(subscription);
    follow_pattern(*subscription, false);
  } else if (Topic* const topic = find(subscription->topic)) {
    topic->literal_subscriptions.erase(subscription);
    if (topic->queue == nullptr && has_route(*topic)) topic->route.remove(*subscription);
  }
}

// Keeps the routes of a few topics; of many, to look at each would cost more than is saved.
void TopicSpace::follow_pattern(const Subscription& subscription, bool comes) {
  if (topics_.size() > kFollowedTopicsMax) {
    ++generation_;
    return;
  }
  for (const auto& [name, topic] : topics_) {
    if (topic->queue != nullptr || !has_route(*topic)) continue;
    const Subscription* const entitled = subscription.entitled(topic->name);
    if (entitled == nullptr) continue;
    if (!comes) {
      topic->route.remove(*entitled);
    } else if (is_for(subscription, *topic)) {
      topic->route.add(*entitled);
    }
  }
}

bool TopicSpace::is_for(const Subscription& subscription, const Topic& topic) {
  const PatternMatch match = subscription.pattern->matches(topic.name);
  if (match == PatternMatch::kFailed) Statistics::add(statistics_->pattern_failures);
  return match == PatternMatch::kYes;
}

void TopicSpace::remove(const Subscription* subscription) {
  erase(subscription);
  for (QueueTopic* queue : subscription->queues) queue->unsubscribe(subscription);
}

void TopicSpace::replace(const Subscription* old, Subscription* replacement) {
  const std::uint64_t order = old->order;
  if (old->conflation != nullptr) old->conflation->release();  // Nothing is lost by replacing.
  erase(old);
  insert(replacement, order);
  if (replacement->feed == nullptr) find_queues(replacement);
  // Consumers of a queue keep what they hold, unless they leave it.
  for (QueueTopic* queue : old->queues) {
    if (!contains(replacement->queues, queue)) queue->unsubscribe(old);
  }
  for (QueueTopic* queue : replacement->queues) {
    if (contains(old->queues, queue)) queue->rename(old, replacement);
  }
  for (QueueTopic* queue : replacement->queues) {
    contains(old->queues, queue) ? queue->replace(old, replacement) : queue->subscribe(replacement);
  }
}

void TopicSpace::find_queues(Subscription* subscription) {
  for_each_queue(subscription->topic, subscription->pattern.get(), [subscription](QueueTopic* queue) {
    // A right with a filter is not enough for a pattern: the queue would have to be told of it.
    if (subscription->entitled(queue->name()) == subscription) subscription->queues.push_back(queue);
  });
}

Status TopicSpace::publish(Publish publish) {
  saved_point_ = {};
  Topic* topic = find_or_add(publish.topic);
  if (topic->queue != nullptr) topic = find_or_add(topic->publish_target);
  if (topic->kind == TopicKind::kDiscard) return {};
  if (topic->kind == TopicKind::kReserved) {
    return Status(AMPS_E_INVALID_TOPIC, "publish to reserved topic " + topic->name);
  }
  if (topic->is_logged && log_.is_duplicate(publish, &saved_point_.txid)) return {};
  Change change;
  change.topic = topic;
  change.publisher = publish.publisher;
  change.current = publish.body;
  change.correlation_id = publish.correlation_id;
  if (topic->store != nullptr) AMPS_RETURN_IF_ERROR(topic->store->prepare(&publish, &change));
  AMPS_RETURN_IF_ERROR(check_merge(publish, change));
  bool is_read = false;
  AMPS_RETURN_IF_ERROR(read_for_filters(topic, change.current, &is_read));
  const bool is_plain = topic->store == nullptr && topic->observers.empty() && !topic->is_logged;
  if (!is_plain) change.timestamp_us = now_us();
  if (topic->is_logged) {
    const Status status = log_.append(publish, &change);
    // On another connection of the publisher the same message may just have come in another space.
    if (!status.ok()) return log_.is_duplicate(publish, &saved_point_.txid) ? Status() : status;
  }
  if (topic->store != nullptr) {
    topic->store->commit(change);
    saved_point_ = topic->store->saved_point();
  }
  saved_point_.txid = change.txid;
  deliver(topic, change, publish.expiration, is_read);
  for (TopicObserver* observer : topic->observers) observer->on_change(change);
  return {};
}

Status TopicSpace::remove_record(Topic* topic, RecordStore::Slot slot, ChangeKind kind,
                                 const Publisher* publisher) {
  Change change;
  change.kind = kind;
  change.topic = topic;
  change.publisher = publisher;
  AMPS_RETURN_IF_ERROR(topic->store->prepare_removal(slot, &change));
  change.timestamp_us = now_us();
  if (topic->is_logged && kind == ChangeKind::kDelete) AMPS_RETURN_IF_ERROR(log_.append_removal(&change));
  topic->store->commit(change);
  saved_point_ = topic->store->saved_point();
  saved_point_.txid = change.txid;
  announce(topic, change);
  return {};
}

void TopicSpace::announce(Topic* topic, const Change& change) {
  deliver(topic, change, {}, false);
  for (TopicObserver* observer : topic->observers) observer->on_change(change);
}

void TopicSpace::forget(const Topic* topic) {
  hand_out();
  if (current_ == topic) current_ = nullptr;
}

void TopicSpace::publish_event(const Publish& publish) {
  Change change;
  change.topic = find_or_add(publish.topic);
  change.current = publish.body;
  deliver(find_or_add(publish.topic), change, {}, false);
}

// Subscriptions of a queue are consumers, also of what is published to a topic of the same name.
void TopicSpace::find_subscribers(Topic* topic) {
  if (topic->queue != nullptr) return;
  for (const Subscription* subscription : topic->literal_subscriptions) topic->route.add(*subscription);
  if (topic->is_private) return;
  for (const Subscription* subscription : pattern_subscriptions_) {
    if (!is_for(*subscription, *topic)) continue;
    if (const Subscription* entitled = subscription->entitled(topic->name)) topic->route.add(*entitled);
  }
}

void TopicSpace::update_route(Topic* topic) {
  if (has_route(*topic) && !topic->route.has_news()) return;
  // Groups of one topic are disjoint, so only a change of groups could overtake what waits.
  hand_out();
  if (!has_route(*topic)) {
    topic->route.clear();
    find_subscribers(topic);
    topic->route_generation = generation_;
  }
  topic->route.refresh();
}

// A body that some filter cannot read refuses the message (broker 1.3), before anything has changed.
Status TopicSpace::read_for_filters(Topic* topic, std::string_view body, bool* is_read) {
  update_route(topic);
  const FilterIndex* const filters = topic->route.filters();
  *is_read = filters != nullptr;
  return *is_read ? selective_.read(*format_, *filters, body) : Status();
}

void TopicSpace::deliver(Topic* topic, const Change& change, std::string_view expiration, bool is_read) {
  update_route(topic);
  if (!topic->is_private) current_ = topic;
  ++topic->counts.changes[static_cast<std::size_t>(change.kind)];
  Delivery delivery;
  delivery.key = change.key;
  delivery.correlation_id = change.correlation_id;
  delivery.expiration = expiration;
  delivery.body = change.current;
  if (!change.removes()) deliver_to_groups(topic, change, delivery);
  if (!topic->route.has_selective()) return;
  if (topic->route.selective_wants_timestamp()) delivery.timestamp = timestamp(change);
  if (topic->route.selective_wants_bookmark()) delivery.bookmark = bookmark_text_.of(change.bookmark);
  if (!is_read && topic->route.filters() != nullptr) {
    // Made by the broker: filters of what cannot be read do not accept it.
    static_cast<void>(selective_.read(*format_, *topic->route.filters(), change.current));
  }
  const SelectiveDelivery::Counts counts = selective_.deliver(*topic, change, delivery, now_ms_);
  fanned_out_bytes_ += counts.bytes;
  messages_out_ += counts.messages;
  if (counts.given_up != 0) Statistics::add(statistics_->pattern_failures, counts.given_up);
}

void TopicSpace::deliver_to_groups(Topic* topic, const Change& change, const Delivery& delivery) {
  std::vector<DeliveryGroup>* const groups = topic->route.groups(delivery.body.empty());
  if (waiting_ != groups) hand_out();
  waiting_ = groups;
  for (DeliveryGroup& group : *groups) {
    Delivery chosen = delivery;
    if (!group.fields.key) chosen.key = {};
    if (group.fields.bookmark) chosen.bookmark = bookmark_text_.of(change.bookmark);
    if (group.fields.timestamp) chosen.timestamp = timestamp(change);
    if (!group.pending) group.pending = blocks_.take();
    Buffer* const out = &group.pending->bytes;
    const std::size_t before = out->size();
    append_delivery(out, group.prefix, chosen);
    ++group.pending_messages;
    fanned_out_bytes_ += (out->size() - before) * group.recipients.size();
    messages_out_ += group.recipients.size();
  }
}

void TopicSpace::hand_out() {
  if (waiting_ != nullptr) {
    for (DeliveryGroup& group : *waiting_) {
      if (!group.pending) continue;
      const std::uint64_t messages = std::exchange(group.pending_messages, 0);
      for (Outbox* outbox : group.recipients) outbox->append(group.pending, now_ms_, messages);
      group.pending = {};
    }
    waiting_ = nullptr;
  }
  Statistics::add(statistics_->messages_out, messages_out_);
  messages_out_ = 0;
}

}  // namespace amps::broker

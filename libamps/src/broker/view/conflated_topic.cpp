// SPDX-License-Identifier: Apache-2.0
#include "broker/view/conflated_topic.h"

#include <utility>

#include "broker/sow/query.h"

namespace amps::broker {

namespace {

constexpr int kRefreshesPerTurn = 1'000;  // Then others get the lock, and what was sent may drain.

}  // namespace

Status ConflatedTopic::make(TopicSpace* space, const ConflatedTopicConfiguration& configuration,
                            const InstanceFacts* instance, std::unique_ptr<ConflatedTopic>* out) {
  std::unique_ptr<ConflatedTopic> topic(new ConflatedTopic(space));
  topic->source_ = space->find(configuration.source);
  if (topic->source_ == nullptr || topic->source_->store == nullptr ||
      topic->source_->store->records() == nullptr) {
    return Status(AMPS_E_USAGE, "conflated topic " + configuration.name + ": " + configuration.source +
                                    " is no topic with records declared before it");
  }
  topic->interval_ms_ = configuration.interval_ms;
  if (!configuration.filter.empty()) {
    AMPS_RETURN_IF_ERROR(
        Filter::compile(configuration.filter, space->format(), {instance, true}, &topic->filter_));
  }
  const Status status =
      ComputedFields::make(configuration.enrichment, space->format(), false, &topic->enrichment_);
  if (!status.ok()) {
    return Status(status.code(), "conflated topic " + configuration.name + ": " + status.text());
  }
  topic->instance_ = instance;
  AMPS_RETURN_IF_ERROR(DerivedTopic::declare(space, configuration.name, &topic->copy_));
  AMPS_RETURN_IF_ERROR(topic->copy_->add_indexes(configuration.hash_indexes));
  topic->copy_->set_deltas_of(topic->source_->store.get());
  for (const RecordRef& record : topic->source_->store->records()->all()) {
    if (topic->accepts(*record)) topic->put(*record);
  }
  space->observe(configuration.source, topic.get());
  space->add_timed_work(topic.get());
  *out = std::move(topic);
  return {};
}

bool ConflatedTopic::accepts(const Record& record) const {
  return filter_ == nullptr || filter_->matches(facts_of(record, source_->name), record.body());
}

// Keys are different as they are in the source, so there is no other record of that key.
void ConflatedTopic::put(const Record& record) {
  std::string_view body = record.body();
  if (enrichment_ != nullptr) {
    ComputedFields::Facts facts;
    facts.message = facts_of(record, source_->name);
    facts.instance = instance_;
    // What cannot be read is copied as it is.
    if (enrichment_->apply(body, {}, facts, &enriched_).ok()) body = enriched_.view();
  }
  static_cast<void>(copy_->put({record.identity(), record.key(), body, record.correlation_id()}));
}

void ConflatedTopic::on_change(const Change& change) {
  space_.mutex().assert_held();
  if (!keys_.emplace(change.key).second) return;
  const std::uint64_t due_ms = space_.now_ms() + interval_ms_;
  waiting_.push_back({due_ms, std::string(change.key)});
  if (waiting_.size() == 1) space_.wake_at(due_ms);
}

std::uint64_t ConflatedTopic::run_due(std::uint64_t now_ms) {
  for (int count = 0; !waiting_.empty() && waiting_.front().due_ms <= now_ms; ++count) {
    if (count == kRefreshesPerTurn) return now_ms;
    const std::string key = std::move(waiting_.front().key);
    waiting_.pop_front();
    keys_.erase(key);
    refresh(key);
  }
  return waiting_.empty() ? UINT64_MAX : waiting_.front().due_ms;
}

void ConflatedTopic::refresh(const std::string& key) {
  const RecordRef record = source_->store->records()->with_key(key);
  if (record && accepts(*record)) return put(*record);
  // The copy has the identity of what it is a copy of, which may be gone.
  if (const RecordRef copy = copy_->records()->with_key(key)) copy_->remove(copy->identity());
}

}  // namespace amps::broker

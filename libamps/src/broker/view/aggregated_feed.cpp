// SPDX-License-Identifier: Apache-2.0
#include "broker/view/aggregated_feed.h"

#include <algorithm>
#include <utility>

#include "broker/sow/record_key.h"

namespace amps::broker {

namespace {

// Makes records of groups.
class Collector final : public Aggregation::Output {
 public:
  Collector(std::string_view domain, std::uint64_t now_us) : domain_(domain), now_us_(now_us) {}

  void put_group(std::string_view identity, std::string_view body) override {
    const std::string key = std::to_string(record_handle(domain_, identity));
    Record::Parts parts;
    parts.key = key;
    parts.identity = identity;
    parts.body = body;
    parts.timestamp_us = now_us_;
    records.push_back(Record::make(parts));
  }
  void remove_group(std::string_view) override {}

  std::vector<RecordRef> records;

 private:
  const std::string_view domain_;
  const std::uint64_t now_us_;
};

}  // namespace

std::vector<RecordRef> aggregate_records(const ViewPlan& plan, std::string_view topic, const Filter* filter,
                                         const std::vector<RecordRef>& records, std::uint64_t now_us) {
  Aggregation aggregation(&plan);
  for (const RecordRef& record : records) {
    if (record->is_overdue(now_us)) continue;
    if (filter != nullptr && !filter->matches(topic, record->body())) continue;
    aggregation.replace(record->key(), {{record}}, nullptr);
  }
  Collector collector(topic, now_us);
  aggregation.for_each(&collector);
  return std::move(collector.records);
}

AggregatedFeed::AggregatedFeed(TopicSpace* space, Topic* source, std::unique_ptr<ViewPlan> plan,
                               std::unique_ptr<Filter> filter)
    : space_(*space),
      source_(*source),
      plan_(std::move(plan)),
      filter_(std::move(filter)),
      aggregation_(plan_.get()),
      results_(source->name) {
  results_.is_private = true;
}

AggregatedFeed::~AggregatedFeed() = default;

void AggregatedFeed::enter(const Subscription* subscription) {
  records_ = DerivedTopic::make_private(&space_, &results_);
  records_->set_deltas(&plan_->format(), plan_->key_paths());
  for (const RecordRef& record : source_.store->records()->all()) {
    apply(record->key(), record, nullptr);
  }
  aggregation_.for_each(this);
  results_.literal_subscriptions.insert(subscription);
  results_.route_generation = 0;
  source_.observers.push_back(this);
}

void AggregatedFeed::leave() {
  space_.mutex().assert_held();
  TopicObserver* const self = this;
  source_.observers.erase(std::find(source_.observers.begin(), source_.observers.end(), self));
  space_.forget(&results_);
}

std::vector<RecordRef> AggregatedFeed::records() {
  return records_->records()->all();
}

void AggregatedFeed::on_change(const Change& change) {
  RecordRef record;
  if (!change.removes()) record = source_.store->records()->with_key(change.key);
  apply(change.key, record, this);
}

void AggregatedFeed::apply(std::string_view key, const RecordRef& record, Aggregation::Output* output) {
  std::vector<Aggregation::Row> rows;
  const bool counts = record && (filter_ == nullptr || filter_->matches(source_.name, record->body()));
  if (counts) rows.push_back({record});
  aggregation_.replace(key, rows, output);
}

// Handles of groups are as good as those of records: two that agree would need a broken hash.
void AggregatedFeed::put_group(std::string_view identity, std::string_view body) {
  const std::string key = std::to_string(record_handle(source_.name, identity));
  static_cast<void>(records_->put({identity, key, body, {}}));
}

void AggregatedFeed::remove_group(std::string_view identity) {
  records_->remove(identity);
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/view/ranked_topic.h"

#include <algorithm>
#include <utility>

namespace amps::broker {

RankedTopic::RankedTopic(Topic* topic, std::unique_ptr<Filter> filter, OrderBy order)
    : topic_(*topic), filter_(std::move(filter)), order_(std::move(order)) {
  for (const RecordRef& record : topic_.store->records()->all()) {
    if (wants(record->body())) insert(record);
  }
  topic_.observers.push_back(this);
}

RankedTopic::~RankedTopic() {
  std::vector<TopicObserver*>& observers = topic_.observers;
  observers.erase(std::find(observers.begin(), observers.end(), this));
}

void RankedTopic::remove(const Page* page) {
  pages_.erase(std::find(pages_.begin(), pages_.end(), page));
}

bool RankedTopic::wants(std::string_view body) const {
  return filter_ == nullptr || filter_->matches(topic_.name, body);
}

void RankedTopic::insert(const RecordRef& record) {
  order_.rank(record->body(), record->key(), &after_);
  ranking_.insert(after_, record);
  orders_.emplace(record->key(), after_);
}

RecordRef RankedTopic::find(std::string_view key) const {
  const RecordStore& records = *topic_.store->records();
  const RecordStore::Slot slot = records.find_key(key);
  return slot == RecordStore::kNone ? RecordRef() : records.at(slot);
}

void RankedTopic::on_change(const Change& change) {
  const auto known = orders_.find(std::string(change.key));
  const std::string before = known == orders_.end() ? std::string() : known->second;
  after_.clear();
  if (!change.removes() && wants(change.current)) order_.rank(change.current, change.key, &after_);
  if (before.empty() && after_.empty()) return;
  comparisons_.clear();
  for (const Page* page : pages_)
    comparisons_.emplace_back(ranking_, page->window(), RankChange{before, after_});
  move(change, before, after_);
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    const PageDifference difference = comparisons_[i].finish();
    if (!difference.is_empty()) pages_[i]->on_difference(difference, change);
  }
}

void RankedTopic::move(const Change& change, const std::string& before, const std::string& after) {
  if (before == after) return ranking_.replace(before, find(change.key));
  if (!before.empty()) ranking_.erase(before);
  if (!after.empty()) ranking_.insert(after, find(change.key));
  if (after.empty()) {
    orders_.erase(std::string(change.key));
  } else {
    orders_[std::string(change.key)] = after;
  }
}

}  // namespace amps::broker

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
  const auto found = pages_.find(page->window());
  std::vector<Page*>& pages = found->second;
  pages.erase(std::find(pages.begin(), pages.end(), page));
  if (pages.empty()) pages_.erase(found);
}

bool RankedTopic::wants(std::string_view body) const {
  return filter_ == nullptr || filter_->matches(topic_.name, body);
}

void RankedTopic::insert(const RecordRef& record) {
  order_.rank(record->body(), record->key(), &after_);
  ranking_.insert(after_, record);
  orders_.emplace(record->key(), after_);
}

void RankedTopic::on_change(const Change& change) {
  const auto known = orders_.find(std::string(change.key));
  const std::string before = known == orders_.end() ? std::string() : known->second;
  after_.clear();
  if (!change.removes() && wants(change.current)) order_.rank(change.current, change.key, &after_);
  if (before.empty() && after_.empty()) return;
  const RankMove moved = move(change, before, after_);
  for (const auto& [window, pages] : pages_) {
    const PageDifference difference = page_difference(ranking_, window, moved);
    if (difference.is_empty()) continue;
    for (Page* page : pages) page->on_difference(difference, change);
  }
}

RankMove RankedTopic::move(const Change& change, const std::string& before, const std::string& after) {
  RankMove moved;
  if (!before.empty()) moved.before = ranking_.rank_of(before);
  if (before == after) {
    ranking_.replace(before, topic_.store->records()->with_key(change.key));
    moved.after = moved.before;
    return moved;
  }
  if (!before.empty()) ranking_.erase(before);
  if (after.empty()) {
    orders_.erase(std::string(change.key));
    return moved;
  }
  ranking_.insert(after, topic_.store->records()->with_key(change.key));
  orders_[std::string(change.key)] = after;
  moved.after = ranking_.rank_of(after);
  return moved;
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/view/paged_feed.h"

#include <algorithm>
#include <utility>

#include "broker/delivery_group.h"
#include "wire/timestamp.h"

namespace amps::broker {

PagedFeed::PagedFeed(TopicSpace* space, Topic* topic, Definition definition)
    : space_(*space), topic_(*topic), definition_(std::move(definition)) {}

void PagedFeed::enter(const Subscription* subscription) {
  subscription_ = subscription;
  auto& rankings = topic_.rankings;
  for (auto at = rankings.begin(); at != rankings.end();) {
    at = at->second.expired() ? rankings.erase(at) : std::next(at);
  }
  std::weak_ptr<RankedTopic>& shared = rankings[definition_.share];
  ranked_ = shared.lock();
  if (ranked_ == nullptr) {
    shared = ranked_ =
        std::make_shared<RankedTopic>(&topic_, std::move(definition_.filter), std::move(definition_.order));
  }
  ranked_->add(this);
}

void PagedFeed::leave() {
  ranked_->remove(this);
  ranked_.reset();  // Here, under the lock, because it may be the last.
}

std::vector<RecordRef> PagedFeed::records() {
  std::vector<RecordRef> records;
  const Ranking& ranking = ranked_->ranking();
  const std::size_t end = std::min(definition_.window.skip + definition_.window.size, ranking.size());
  for (std::size_t rank = definition_.window.skip; rank < end; ++rank)
    records.push_back(ranking.at(rank).record);
  return records;
}

// Departures before arrivals.
void PagedFeed::on_difference(const PageDifference& difference, const Change& change) {
  if (difference.departed != nullptr && subscription_->out_of_focus) {
    const Record& record = *difference.departed->record;
    Delivery delivery;
    delivery.key = record.key();
    delivery.correlation_id = record.correlation_id();
    delivery.reason = "match";
    delivery.body = record.body();
    send("oof", delivery);
  }
  if (difference.self_departed && subscription_->out_of_focus) send_departure(change);
  if (difference.self_stayed) send_change(change, true);
  if (difference.self_arrived) send_change(change, false);
  if (difference.arrived != nullptr) send_record(*difference.arrived);
}

void PagedFeed::send_departure(const Change& change) {
  Delivery delivery;
  delivery.key = change.key;
  delivery.reason = departure_reason(change.kind);
  delivery.body = change.removes() ? change.previous : change.current;
  delivery.correlation_id = change.removes() ? change.previous_correlation_id : change.correlation_id;
  send("oof", delivery);
}

void PagedFeed::send_record(const RankedRecord& ranked) {
  Delivery delivery;
  delivery.key = ranked.record->key();
  delivery.correlation_id = ranked.record->correlation_id();
  delivery.body = ranked.record->body();
  send("p", delivery);
}

// Who enters the page is sent whole, as if it were new.
void PagedFeed::send_change(const Change& change, bool is_update) {
  Delivery delivery;
  delivery.key = change.key;
  delivery.correlation_id = change.correlation_id;
  delivery.body = change.current;
  if (subscription_->delta && is_update) {
    const Difference difference = topic_.store->difference(change, &difference_);
    if (difference == Difference::kNone && subscription_->skip_empty) return;
    if (difference != Difference::kUnsupported) delivery.body = difference_;
  }
  send("p", delivery, delivery.body.data() == difference_.data());
}

void PagedFeed::send(std::string_view command, Delivery delivery, bool is_delta) {
  space_.mutex().assert_held();
  if (subscription_->skip_empty && delivery.body.empty()) return;
  // An `oof` always has the key: it is what the client has to forget.
  if (!subscription_->fields.key && command != "oof") delivery.key = {};
  if (subscription_->select != nullptr) {
    static const std::vector<FieldPath> none;
    const bool may_stay_silent = is_delta && subscription_->skip_empty;
    const bool has_any = subscription_->select->select(
        delivery.body, may_stay_silent ? topic_.store->key_fields() : none, &document_, &selected_);
    if (may_stay_silent && !has_any) return;
    delivery.body = selected_.view();
  }
  char timestamp[wire::kTimestampBytes];
  if (subscription_->fields.timestamp) {
    wire::format_timestamp(timestamp, space_.now_us());
    delivery.timestamp = {timestamp, sizeof timestamp};
  }
  scratch_.clear();
  append_delivery(&scratch_, Address{topic_.name, subscription_->id, command}, delivery);
  subscription_->outbox->append(scratch_.view(), space_.now_ms(), 1);
  space_.count_delivery(scratch_.size());
}

}  // namespace amps::broker

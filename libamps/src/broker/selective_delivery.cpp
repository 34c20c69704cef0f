// SPDX-License-Identifier: Apache-2.0
#include "broker/selective_delivery.h"

namespace amps::broker {

namespace {

bool has_previous(ChangeKind kind) noexcept {
  return kind != ChangeKind::kMessage && kind != ChangeKind::kInsert;
}

}  // namespace

void SelectiveDelivery::Part::add(const Subscription& subscription) {
  if (!sids.empty()) sids += ',';
  sids += subscription.id;
  fields = fields | subscription.fields;
}

Difference SelectiveDelivery::difference(const Topic& topic, const Change& change) {
  if (!has_difference_) {
    has_difference_ = true;
    difference_body_.clear();
    difference_ = topic.store->difference(change, &difference_body_);
  }
  return difference_;
}

void SelectiveDelivery::decide(const Topic& topic, const Change& change, const Subscription& subscription) {
  const bool matches = !change.removes() && !(subscription.skip_empty && change.current.empty()) &&
                       subscription.wants(topic.name, change.current);
  if (matches) {
    if (!subscription.delta || change.kind != ChangeKind::kUpdate) return full_.add(subscription);
    // Back in focus: a client that was told to forget the record needs all of it.
    if (subscription.out_of_focus && !subscription.wants(topic.name, change.previous)) {
      return full_.add(subscription);
    }
    const Difference what = difference(topic, change);
    if (what == Difference::kUnsupported) return full_.add(subscription);
    if (what == Difference::kSome || !subscription.skip_empty) delta_.add(subscription);
    return;
  }
  if (subscription.out_of_focus && has_previous(change.kind) &&
      subscription.wants(topic.name, change.previous)) {
    out_of_focus_.add(subscription);
  }
}

void SelectiveDelivery::send(const Topic& topic, const Delivery& delivery, const Part& part,
                             std::string_view command, Outbox* outbox, std::uint64_t now_ms) {
  Delivery chosen = delivery;
  if (!part.fields.key) chosen.key = {};
  if (!part.fields.timestamp) chosen.timestamp = {};
  if (!part.fields.bookmark) chosen.bookmark = {};
  scratch_.clear();
  append_delivery(&scratch_, delivery_prefix(topic.name, part.sids, command), chosen);
  outbox->append(scratch_.view(), now_ms);
  counts_.bytes += scratch_.size();
  ++counts_.messages;
}

SelectiveDelivery::Counts SelectiveDelivery::deliver(const Topic& topic, const Change& change,
                                                     const Delivery& delivery, std::uint64_t now_ms) {
  counts_ = {};
  has_difference_ = false;
  for (const FilteredRecipient& recipient : topic.filtered) {
    full_.clear();
    delta_.clear();
    out_of_focus_.clear();
    for (const Subscription* subscription : recipient.subscriptions) decide(topic, change, *subscription);
    if (!out_of_focus_.sids.empty()) {
      Delivery out = delivery;
      out_of_focus_.fields.key = true;  // Always: it is what the client has to forget.
      out.reason = departure_reason(change.kind);
      out.body = change.removes() ? change.previous : change.current;
      if (change.removes()) out.correlation_id = change.previous_correlation_id;
      out.expiration = out.bookmark = {};
      send(topic, out, out_of_focus_, "oof", recipient.outbox, now_ms);
    }
    if (!full_.sids.empty()) {
      // One message for all: who asked for a part takes the whole.
      if (!delta_.sids.empty()) {
        full_.sids += ',' + delta_.sids;
        full_.fields = full_.fields | delta_.fields;
      }
      send(topic, delivery, full_, "p", recipient.outbox, now_ms);
    } else if (!delta_.sids.empty()) {
      Delivery partial = delivery;
      partial.body = difference_body_;
      send(topic, partial, delta_, "p", recipient.outbox, now_ms);
    }
  }
  return counts_;
}

}  // namespace amps::broker

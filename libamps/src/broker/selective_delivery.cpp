// SPDX-License-Identifier: Apache-2.0
#include "broker/selective_delivery.h"

#include <algorithm>

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

Status SelectiveDelivery::read(const MessageFormat& format, const FilterIndex& filters,
                               std::string_view body) {
  format_ = &format;
  const Status status = format.extract(filters.plan(), body, &current_);
  is_readable_ = status.ok();
  return status;
}

void SelectiveDelivery::match(const Topic& topic, const Change& change, const FieldValues& values,
                              std::string_view bookmark, bool before) {
  MessageFacts message;
  message.topic = topic.name;
  message.correlation_id = before ? change.previous_correlation_id : change.correlation_id;
  message.bookmark = bookmark;
  message.sow_key = change.key;
  message.size_bytes = before ? change.previous.size() : change.current.size();
  ConnectionFacts connection;
  EvaluationContext context;
  if (change.publisher != nullptr) {
    connection.client_name = change.publisher->client_name;
    connection.user = change.publisher->user;
    context.connection = &connection;
  }
  const FieldValues* const sources[] = {&values};
  context.sources = sources;
  context.message = &message;
  accepted_.clear();
  given_up_.clear();
  topic.route.filters()->match(context, before, &evaluation_, &accepted_, &given_up_);
  counts_.given_up += given_up_.size();
  for (const FilterIndex::Id id : given_up_) {
    const Subscription* const subscription = topic.route.subscription(id);
    const FilterCost* const cost = subscription->filter_cost;
    if (cost != nullptr && cost->is_too_much()) subscription->outbox->cut_off(CutOff::kCostly);
  }
  for (const FilterIndex::Id id : accepted_) {
    filtered_.push_back({topic.route.subscription(id), !before, before});
  }
}

// Everybody who may get something, the subscriptions of a client one after the other.
void SelectiveDelivery::collect(const Topic& topic, const Change& change, std::string_view bookmark) {
  filtered_.clear();
  candidates_.clear();
  FilterIndex* const filters = topic.route.filters();
  if (filters != nullptr && !change.removes() && is_readable_)
    match(topic, change, current_, bookmark, false);
  if (filters != nullptr && has_previous(change.kind) && topic.route.has_out_of_focus() &&
      format_->extract(filters->plan(), change.previous, &previous_).ok()) {
    match(topic, change, previous_, {}, true);
  }
  const auto by_client = [](const Candidate& left, const Candidate& right) {
    return ByClient()(left.subscription, right.subscription);
  };
  std::sort(filtered_.begin(), filtered_.end(), by_client);
  const Subscription* last = nullptr;
  const auto add = [&](const Candidate& candidate) {
    if (candidate.subscription != last) {
      candidates_.push_back(candidate);
    } else {
      candidates_.back().now |= candidate.now;
      candidates_.back().before |= candidate.before;
    }
    last = candidate.subscription;
  };
  auto with_filter = filtered_.begin();
  for (const Subscription* subscription : topic.route.always()) {
    const Candidate candidate{subscription, true, true};
    while (with_filter != filtered_.end() && by_client(*with_filter, candidate)) add(*with_filter++);
    add(candidate);
  }
  while (with_filter != filtered_.end()) add(*with_filter++);
}

Outcome SelectiveDelivery::decide(const Topic& topic, const Change& change, const Candidate& candidate) {
  const Subscription& subscription = *candidate.subscription;
  const bool matches =
      candidate.now && !change.removes() && !(subscription.skip_empty && change.current.empty());
  if (matches) {
    if (!subscription.delta || change.kind != ChangeKind::kUpdate) return Outcome::kFull;
    // Back in focus: a client that was told to forget the record needs all of it.
    if (subscription.out_of_focus && !candidate.before) return Outcome::kFull;
    const Difference what = difference(topic, change);
    if (what == Difference::kUnsupported) return Outcome::kFull;
    return what == Difference::kSome || !subscription.skip_empty ? Outcome::kDelta : Outcome::kNothing;
  }
  const bool leaves = subscription.out_of_focus && has_previous(change.kind) && candidate.before;
  if (!leaves) return Outcome::kNothing;
  const bool hides = subscription.hidden_unless != nullptr && !change.removes() &&
                     !subscription.hidden_unless->matches(topic.name, change.current);
  return hides ? Outcome::kHidden : Outcome::kOutOfFocus;
}

void SelectiveDelivery::add(const Subscription& subscription, Outcome outcome) {
  switch (outcome) {
    case Outcome::kFull:
      return full_.add(subscription);
    case Outcome::kDelta:
      return delta_.add(subscription);
    case Outcome::kOutOfFocus:
      return out_of_focus_.add(subscription);
    case Outcome::kHidden:
      return hidden_.add(subscription);
    case Outcome::kNothing:
      return;
  }
}

Delivery SelectiveDelivery::as_out_of_focus(const Change& change, const Delivery& delivery, Outcome outcome) {
  const bool hides = outcome == Outcome::kHidden;
  const bool as_it_was = hides || change.removes();
  Delivery out = delivery;
  out.reason = hides ? "entitlement" : departure_reason(change.kind);
  out.body = as_it_was ? change.previous : change.current;
  if (as_it_was) out.correlation_id = change.previous_correlation_id;
  out.expiration = out.bookmark = {};
  return out;
}

// False: nothing that was selected has changed, and that is not wanted.
bool SelectiveDelivery::select(const Topic& topic, const Subscription& subscription, Outcome outcome,
                               Delivery* delivery) {
  if (subscription.select == nullptr) return true;
  const bool is_quiet = outcome == Outcome::kDelta && subscription.skip_empty;
  static const std::vector<FieldPath> none;
  const std::vector<FieldPath>& keys = is_quiet ? topic.store->key_fields() : none;
  const bool some = subscription.select->select(delivery->body, keys, &document_, &selected_);
  delivery->body = selected_.view();
  return some || !is_quiet;
}

void SelectiveDelivery::send_alone(const Topic& topic, const Change& change, const Delivery& delivery,
                                   const Candidate& candidate, Outcome outcome, std::uint64_t now_ms) {
  const Subscription& subscription = *candidate.subscription;
  Conflation* const conflation = subscription.held_by;
  const bool has_key = conflation != nullptr && conflation->find_key(topic, change, &conflation_key_);
  if (has_key && outcome == Outcome::kDelta && conflation->holds_whole(conflation_key_)) {
    outcome = Outcome::kFull;
  }
  const bool leaves = outcome == Outcome::kOutOfFocus || outcome == Outcome::kHidden;
  Delivery own = leaves ? as_out_of_focus(change, delivery, outcome) : delivery;
  if (leaves) outcome = Outcome::kOutOfFocus;  // Only what it says is different.
  if (outcome == Outcome::kDelta) own.body = difference_body_;
  if (!select(topic, subscription, outcome, &own)) return;
  if (has_key) {
    DeliveryFields fields = subscription.fields;
    fields.key = true;
    if (conflation->hold(conflation_key_, change, candidate.before, chosen(own, fields), outcome)) return;
    conflation->note_sent(conflation_key_, outcome);
  }
  alone_.clear();
  alone_.add(subscription);
  alone_.fields.key = alone_.fields.key || leaves;
  send(topic, own, alone_, leaves ? "oof" : "p", subscription.outbox, now_ms);
}

Delivery SelectiveDelivery::chosen(const Delivery& delivery, const DeliveryFields& fields) {
  Delivery chosen = delivery;
  if (!fields.key) chosen.key = {};
  if (!fields.timestamp) chosen.timestamp = {};
  if (!fields.bookmark) chosen.bookmark = {};
  return chosen;
}

void SelectiveDelivery::send(const Topic& topic, const Delivery& delivery, const Part& part,
                             std::string_view command, Outbox* outbox, std::uint64_t now_ms) {
  scratch_.clear();
  append_delivery(&scratch_, Address{topic.name, part.sids, command}, chosen(delivery, part.fields));
  outbox->append(scratch_.view(), now_ms, 1);
  counts_.bytes += scratch_.size();
  ++counts_.messages;
}

void SelectiveDelivery::send_parts(const Topic& topic, const Change& change, const Delivery& delivery,
                                   Outbox* outbox, std::uint64_t now_ms) {
  for (const Outcome outcome : {Outcome::kOutOfFocus, Outcome::kHidden}) {
    Part& part = outcome == Outcome::kHidden ? hidden_ : out_of_focus_;
    if (part.sids.empty()) continue;
    part.fields.key = true;  // Always: it is what the client has to forget.
    send(topic, as_out_of_focus(change, delivery, outcome), part, "oof", outbox, now_ms);
  }
  if (!full_.sids.empty()) {
    // One message for all: who asked for a part takes the whole.
    if (!delta_.sids.empty()) {
      full_.sids += ',';
      full_.sids += delta_.sids;
      full_.fields = full_.fields | delta_.fields;
    }
    send(topic, delivery, full_, "p", outbox, now_ms);
  } else if (!delta_.sids.empty()) {
    Delivery partial = delivery;
    partial.body = difference_body_;
    send(topic, partial, delta_, "p", outbox, now_ms);
  }
}

SelectiveDelivery::Counts SelectiveDelivery::deliver(const Topic& topic, const Change& change,
                                                     const Delivery& delivery, std::uint64_t now_ms) {
  counts_ = {};
  has_difference_ = false;
  collect(topic, change, delivery.bookmark);
  for (auto at = candidates_.begin(); at != candidates_.end();) {
    Outbox* const outbox = at->subscription->outbox;
    full_.clear();
    delta_.clear();
    out_of_focus_.clear();
    hidden_.clear();
    for (; at != candidates_.end() && at->subscription->outbox == outbox; ++at) {
      const Outcome outcome = decide(topic, change, *at);
      if (!at->subscription->is_shaped()) {
        add(*at->subscription, outcome);
      } else if (outcome != Outcome::kNothing) {
        send_alone(topic, change, delivery, *at, outcome, now_ms);
      }
    }
    send_parts(topic, change, delivery, outbox, now_ms);
  }
  return counts_;
}

}  // namespace amps::broker

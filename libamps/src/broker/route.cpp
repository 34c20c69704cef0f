// SPDX-License-Identifier: Apache-2.0
#include "broker/route.h"

#include <algorithm>
#include <utility>

namespace amps::broker {

namespace {

// What it receives depends on the message, not on the topic only.
bool is_selective(const Subscription& subscription) noexcept {
  return subscription.filter != nullptr || subscription.delta || subscription.out_of_focus ||
         subscription.is_shaped();
}

}  // namespace

void Route::add(const Subscription& subscription) {
  if (subscription.skip_empty && skip_empty_count_++ == 0) for_empty_is_stale_ = true;
  Client& client = clients_[subscription.outbox];
  client.subscriptions.emplace(subscription.order, &subscription);
  if (is_selective(subscription) && client.selective_count++ == 0) {
    leave_groups(subscription.outbox, &client);
    for (const auto& [order, one] : client.subscriptions) select(*one);
  } else if (client.selective_count != 0) {
    select(subscription);
  } else {
    make_stale(subscription.outbox, &client);
  }
}

void Route::remove(const Subscription& subscription) {
  const auto found = clients_.find(subscription.outbox);
  if (found == clients_.end()) return;
  Client& client = found->second;
  const auto own = client.subscriptions.find(subscription.order);
  if (own == client.subscriptions.end() || own->second != &subscription) return;
  client.subscriptions.erase(own);
  if (client.selective_count != 0) deselect(subscription);
  if (is_selective(subscription) && --client.selective_count == 0) {
    for (const auto& [order, one] : client.subscriptions) deselect(*one);
  }
  if (client.subscriptions.empty()) {
    leave_groups(subscription.outbox, &client);
    clients_.erase(found);
  } else if (client.selective_count == 0) {
    make_stale(subscription.outbox, &client);
  }
  if (subscription.skip_empty && --skip_empty_count_ == 0) for_empty_is_stale_ = true;
}

void Route::clear() {
  clients_.clear();
  stale_.clear();
  all_ = {};
  for_empty_ = {};
  for_empty_is_stale_ = false;
  always_.clear();
  filters_.reset();
  by_id_.clear();
  ids_.clear();
  skip_empty_count_ = out_of_focus_count_ = timestamp_count_ = bookmark_count_ = 0;
}

void Route::count_wishes(const Subscription& subscription, bool comes) noexcept {
  const auto count = [comes](std::size_t* counter, bool wish) {
    if (wish) comes ? ++*counter : --*counter;
  };
  const bool filter_asks =
      subscription.filter != nullptr && subscription.filter->program()->calls("BOOKMARK");
  count(&out_of_focus_count_, subscription.out_of_focus);
  count(&timestamp_count_, subscription.fields.timestamp);
  count(&bookmark_count_, subscription.fields.bookmark || filter_asks);
}

void Route::select(const Subscription& subscription) {
  count_wishes(subscription, true);
  if (subscription.filter == nullptr) {
    always_.insert(&subscription);
    return;
  }
  if (filters_ == nullptr) filters_ = std::make_unique<FilterIndex>();
  const FilterIndex::Id id =
      filters_->add(*subscription.filter, subscription.out_of_focus, subscription.filter_cost);
  if (by_id_.size() <= id) by_id_.resize(id + 1);
  by_id_[id] = &subscription;
  ids_.emplace(&subscription, id);
}

void Route::deselect(const Subscription& subscription) {
  count_wishes(subscription, false);
  if (subscription.filter == nullptr) {
    always_.erase(&subscription);
    return;
  }
  const auto found = ids_.find(&subscription);
  filters_->remove(found->second);
  ids_.erase(found);
  if (filters_->empty()) filters_.reset();
}

void Route::make_stale(Outbox* outbox, Client* client) {
  if (client->stale) return;
  client->stale = true;
  stale_.push_back(outbox);
}

void Route::refresh() {
  for (Outbox* outbox : stale_) {
    const auto found = clients_.find(outbox);
    if (found == clients_.end() || !found->second.stale) continue;
    Client& client = found->second;
    client.stale = false;
    if (client.selective_count != 0) continue;
    leave_groups(outbox, &client);
    join(&all_, outbox, client, false, &client.group);
    if (skip_empty_count_ != 0 && !for_empty_is_stale_) {
      join(&for_empty_, outbox, client, true, &client.group_for_empty);
    }
  }
  stale_.clear();
  if (for_empty_is_stale_) group_for_empty();
}

// All at once: each client would have to be found in the group that it leaves.
void Route::group_for_empty() {
  for_empty_is_stale_ = false;
  for_empty_ = {};
  for (auto& [outbox, client] : clients_) {
    client.group_for_empty.clear();
    if (skip_empty_count_ == 0 || client.selective_count != 0) continue;
    join(&for_empty_, outbox, client, true, &client.group_for_empty);
  }
}

void Route::join(Groups* groups, Outbox* outbox, const Client& client, bool for_empty,
                 std::string* key) const {
  DeliveryFields fields;
  std::string sids;
  for (const auto& [order, subscription] : client.subscriptions) {
    if (for_empty && subscription->skip_empty) continue;
    if (!sids.empty()) sids += ',';
    sids += subscription->id;
    fields = fields | subscription->fields;
  }
  if (sids.empty()) return;
  *key =
      static_cast<char>('0' + (fields.key ? 1 : 0) + (fields.timestamp ? 2 : 0) + (fields.bookmark ? 4 : 0));
  *key += sids;
  const auto [found, is_new] = groups->index.try_emplace(*key, groups->groups.size());
  if (is_new) {
    DeliveryGroup& group = groups->groups.emplace_back();
    group.prefix = delivery_prefix(topic_, sids);
    group.fields = fields;
    groups->keys.push_back(*key);
  }
  groups->groups[found->second].recipients.push_back(outbox);
}

void Route::leave(Groups* groups, Outbox* outbox, std::string* key) {
  if (key->empty()) return;
  const auto found = groups->index.find(*key);
  key->clear();
  const std::size_t at = found->second;
  std::vector<Outbox*>& recipients = groups->groups[at].recipients;
  recipients.erase(std::find(recipients.begin(), recipients.end(), outbox));
  if (!recipients.empty()) return;
  groups->index.erase(found);
  if (at + 1 != groups->groups.size()) {
    groups->groups[at] = std::move(groups->groups.back());
    groups->keys[at] = std::move(groups->keys.back());
    groups->index[groups->keys[at]] = at;
  }
  groups->groups.pop_back();
  groups->keys.pop_back();
}

void Route::leave_groups(Outbox* outbox, Client* client) {
  leave(&all_, outbox, &client->group);
  leave(&for_empty_, outbox, &client->group_for_empty);
}

}  // namespace amps::broker

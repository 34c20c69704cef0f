// SPDX-License-Identifier: Apache-2.0
#include "broker/topic.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>

#include "base/random_hash.h"

namespace amps::broker {

namespace {

TopicKind kind_of(std::string_view name) noexcept {
  if (name.substr(0, 5) != "/AMPS") return TopicKind::kOrdinary;
  return name == "/AMPS/devnull" ? TopicKind::kDiscard : TopicKind::kReserved;
}

// What it receives depends on the message, not on the topic only.
bool is_selective(const Subscription* subscription) noexcept {
  return subscription->filter != nullptr || subscription->delta || subscription->out_of_focus ||
         subscription->is_shaped();
}

// Collects groups by what their members receive.
class GroupBuilder {
 public:
  GroupBuilder(const Topic& topic, std::vector<DeliveryGroup>* groups) : topic_(topic), groups_(groups) {}

  // Adds a client with its subscriptions; one that has none is left out.
  void add(Outbox* outbox, const std::vector<const Subscription*>& subscriptions) {
    if (subscriptions.empty()) return;
    DeliveryFields fields;
    std::string sids;
    for (const Subscription* subscription : subscriptions) {
      if (!sids.empty()) sids += ',';
      sids += subscription->id;
      fields = fields | subscription->fields;
    }
    const char looks = static_cast<char>('0' + (fields.key ? 1 : 0) + (fields.timestamp ? 2 : 0) +
                                         (fields.bookmark ? 4 : 0));
    const auto [found, is_new] = index_.try_emplace(looks + sids, groups_->size());
    if (is_new) {
      DeliveryGroup& group = groups_->emplace_back();
      group.prefix = delivery_prefix(topic_.name, sids);
      group.fields = fields;
    }
    (*groups_)[found->second].recipients.push_back(outbox);
  }

 private:
  const Topic& topic_;
  std::vector<DeliveryGroup>* groups_;
  std::unordered_map<std::string, std::size_t, RandomHash> index_;
};

}  // namespace

Topic::Topic(std::string topic_name) : name(std::move(topic_name)), kind(kind_of(name)) {}

void build_route(Topic* topic, std::vector<const Subscription*>* matching) {
  topic->groups.clear();
  topic->groups_for_empty.clear();
  topic->filtered.clear();
  topic->filtered_timestamp = topic->filtered_bookmark = false;
  topic->has_skip_empty = std::any_of(matching->begin(), matching->end(),
                                      [](const Subscription* one) { return one->skip_empty; });
  std::sort(matching->begin(), matching->end(), [](const Subscription* left, const Subscription* right) {
    if (left->outbox != right->outbox) return std::less<>{}(left->outbox, right->outbox);
    return left->order < right->order;
  });
  GroupBuilder all(*topic, &topic->groups);
  GroupBuilder for_empty(*topic, &topic->groups_for_empty);
  for (auto begin = matching->begin(); begin != matching->end();) {
    Outbox* const outbox = (*begin)->outbox;
    const auto end =
        std::find_if(begin, matching->end(), [&](const Subscription* one) { return one->outbox != outbox; });
    std::vector<const Subscription*> subscriptions(begin, end);
    begin = end;
    if (std::any_of(subscriptions.begin(), subscriptions.end(), is_selective)) {
      for (const Subscription* one : subscriptions) {
        topic->filtered_timestamp |= one->fields.timestamp;
        topic->filtered_bookmark |= one->fields.bookmark;
      }
      topic->filtered.push_back({outbox, std::move(subscriptions)});
      continue;
    }
    all.add(outbox, subscriptions);
    if (!topic->has_skip_empty) continue;
    subscriptions.erase(std::remove_if(subscriptions.begin(), subscriptions.end(),
                                       [](const Subscription* one) { return one->skip_empty; }),
                        subscriptions.end());
    for_empty.add(outbox, subscriptions);
  }
}

}  // namespace amps::broker

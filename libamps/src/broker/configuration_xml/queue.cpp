// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/queue.h"

#include <memory>
#include <utility>

#include "broker/topic_pattern.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

using Queue = QueueConfiguration;
using Rules = QueueRules;

constexpr std::uint64_t kUsMax = INT64_MAX;
constexpr std::uint64_t kCountMax = INT32_MAX;

constexpr Word<QueueSemantics> kSemantics[] = {{"at-least-once", QueueSemantics::kAtLeastOnce},
                                               {"at-most-once", QueueSemantics::kAtMostOnce}};
constexpr Word<FairnessModel> kFairness[] = {{"proportional", FairnessModel::kProportional},
                                             {"round-robin", FairnessModel::kRoundRobin},
                                             {"fast", FairnessModel::kFast}};
constexpr Word<Leasing> kLeasing[] = {{"sublet", Leasing::kSublet}, {"strict", Leasing::kStrict}};
constexpr Word<ExpirationModel> kExpirationModel[] = {{"default", ExpirationModel::kDefault},
                                                      {"queue", ExpirationModel::kQueue},
                                                      {"latest", ExpirationModel::kLatest},
                                                      {"earliest", ExpirationModel::kEarliest}};

// epoch, now, creation, or a position.
struct RecoveryPoint {
  static Status read(const Element& element, Queue* to) {
    std::string text;
    AMPS_RETURN_IF_ERROR(read_leaf(element, &text));
    to->recovery_position.clear();
    if (text == "epoch") {
      to->recovery = Queue::Recovery::kEpoch;
    } else if (text == "now" || text == "creation") {
      to->recovery = Queue::Recovery::kNow;
    } else if (text.find_first_not_of("0123456789|,TZ.") == std::string::npos) {
      to->recovery = Queue::Recovery::kPosition;
      to->recovery_position = std::move(text);
    } else {
      return error_at(element, "RecoveryPoint is " + text + ", not " + kind());
    }
    return {};
  }
  static void write(const Queue& from, std::string_view name, Element* parent) {
    parent->add(name, from.recovery == Queue::Recovery::kEpoch ? "epoch"
                      : from.recovery == Queue::Recovery::kNow ? "now"
                                                               : from.recovery_position);
  }
  static std::string kind() { return "epoch, now, creation, a bookmark or a time"; }
};

template <auto kMember>
using Interval = In<&Queue::rules, Number<kMember, NumberUnit::kMicroseconds, 1, kUsMax, kNeverUs>>;
template <auto kMember, std::uint64_t kMin>
using Count = In<&Queue::rules, Number<kMember, NumberUnit::kCount, kMin, kCountMax>>;

constexpr Member<Queue> kQueue[] = {
    one<Text<&Queue::name>>("Name", "what consumers subscribe to"),
    one<Text<&Queue::message_type>>("MessageType", "of its messages"),
    one<Text<&Queue::underlying_topic>>("UnderlyingTopic",
                                        "logged topic whose messages enter, or a pattern; default: Name"),
    one<Text<&Queue::publish_target>>("DefaultPublishTarget",
                                      "where publishes to the queue go; default: UnderlyingTopic"),
    one<In<&Queue::rules, Choice<&Rules::semantics, kSemantics>>>("Semantics", "whether messages are leased"),
    one<Interval<&Rules::lease_us>>("LeasePeriod", "how long a consumer may take; default: no limit"),
    one<Count<&Rules::backlog_max, 1>>("MaxBacklog",
                                       "unacknowledged messages of all consumers; default: no limit"),
    one<Count<&Rules::subscription_backlog_max, 1>>("MaxPerSubscriptionBacklog", "and of one of them"),
    one<Interval<&Rules::expiration_us>>("Expiration", "of messages; default: never"),
    one<In<&Queue::rules, Choice<&Rules::expiration_model, kExpirationModel>>>(
        "ExpirationModel", "whether the message's or the queue's expiration counts"),
    one<Text<&Queue::filter>>("Filter", "only matching messages enter"),
    {"RecoveryPoint",
     {},
     false,
     &RecoveryPoint::read,
     &RecoveryPoint::write,
     &RecoveryPoint::kind,
     "where a queue without state of its own begins"},
    one<In<&Queue::rules, Choice<&Rules::fairness, kFairness>>>("FairnessModel", "who gets the next message"),
    one<In<&Queue::rules, Choice<&Rules::leasing, kLeasing>>>("Leasing", "who may settle a message"),
    one<Count<&Rules::deliveries_max, 0>>("MaxDeliveries", "then a message expires; 0: no limit"),
    one<Count<&Rules::cancels_max, 0>>("MaxCancels", "then a message expires; 0: no limit"),
    one<Text<&Queue::priority>>("Priority", "expression; higher first"),
    one<Text<&Queue::barrier_expression>>("BarrierExpression", "messages that wait for all before them"),
    one<Number<&Queue::target_depth, NumberUnit::kCount, 1000, kCountMax, 0>>(
        "TargetQueueDepth", "about so many messages are active; default: all"),
    one<Interval<&Rules::deferred_ack_us>>("DeferredAckExpiration", "how long an ack waits for its message"),
    ignored<Queue>("FileBackedMetadata", "what a queue knows of its messages is kept in memory"),
    ignored<Queue>("InitialOwner", "there is one instance"),
    ignored<Queue>("GroupLocalQueueDomain", "there is one instance"),
};

Status complete(const Element& element, Queue* queue) {
  const auto failed = [&](const std::string& text) {
    return error_at(element, "Queue " + queue->name + ": " + text);
  };
  if (queue->underlying_topic.empty()) queue->underlying_topic = queue->name;
  const bool is_pattern = wire::is_topic_pattern(queue->underlying_topic);
  std::unique_ptr<TopicPattern> pattern;
  if (is_pattern) {
    const Status status = TopicPattern::compile(queue->underlying_topic, &pattern);
    if (!status.ok()) return failed("UnderlyingTopic: " + status.text());
  }
  if (queue->publish_target.empty()) {
    if (is_pattern) return failed("DefaultPublishTarget is needed where UnderlyingTopic is a pattern");
    queue->publish_target = queue->underlying_topic;
  }
  const bool reaches = is_pattern ? pattern->matches(queue->publish_target) == PatternMatch::kYes
                                  : queue->publish_target == queue->underlying_topic;
  if (!reaches) return failed("DefaultPublishTarget is no UnderlyingTopic of it");
  if (element.find("FairnessModel") == nullptr && queue->rules.semantics == QueueSemantics::kAtMostOnce) {
    queue->rules.fairness = FairnessModel::kRoundRobin;
  }
  if (queue->rules.semantics == QueueSemantics::kAtMostOnce &&
      queue->rules.fairness != FairnessModel::kRoundRobin) {
    return failed("at-most-once queues are round-robin");
  }
  if (queue->barrier_expression.empty()) return {};
  if (!queue->priority.empty()) return failed("Priority and BarrierExpression exclude each other");
  if (queue->target_depth != 0) return failed("TargetQueueDepth and BarrierExpression exclude each other");
  return {};
}

}  // namespace

Status read_queue(const Element& element, std::vector<StateConfiguration>* out, Warnings* warnings) {
  Queue queue;
  AMPS_RETURN_IF_ERROR(read_members(element, kQueue, &queue, warnings));
  if (queue.name.empty()) return error_at(element, element.name + " needs Name");
  if (queue.message_type.empty()) return error_at(element, "Queue " + queue.name + " needs MessageType");
  AMPS_RETURN_IF_ERROR(complete(element, &queue));
  out->emplace_back(std::move(queue));
  return {};
}

void write_queue(const Queue& queue, Element* sow) {
  write_members(queue, kQueue, &sow->add("Queue"));
}

void describe_queue(std::vector<MemberDescription>* out) {
  describe_members("SOW/Queue", kQueue, out);
}

}  // namespace amps::broker

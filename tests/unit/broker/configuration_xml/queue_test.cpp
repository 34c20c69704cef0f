// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/queue.h"

#include "xml_text.h"

using namespace amps::broker;
using namespace xml_text;

namespace {
std::string queue(const std::string& members) {
  return sow("<Queue><Name>q</Name><MessageType>json</MessageType>" + members + "</Queue>");
}
}  // namespace

TEST_CASE("SOW/Queue: defaults") {
  const auto read_queue = only<QueueConfiguration>(good(queue("")));
  CHECK(read_queue.underlying_topic == "q");
  CHECK(read_queue.publish_target == "q");
  CHECK(read_queue.rules.semantics == QueueSemantics::kAtLeastOnce);
  CHECK(read_queue.rules.fairness == FairnessModel::kProportional);
  CHECK(read_queue.rules.lease_us == kNeverUs);
  CHECK(read_queue.rules.subscription_backlog_max == 1);
}

TEST_CASE("SOW/Queue: every member") {
  const auto read_queue = only<QueueConfiguration>(good(sow(R"(<QueueDefinition>
    <Name>work</Name><MessageType>json</MessageType><UnderlyingTopic>^in_</UnderlyingTopic>
    <DefaultPublishTarget>in_1</DefaultPublishTarget><LeasePeriod>30s</LeasePeriod><MaxBacklog>1k</MaxBacklog>
    <MaxPerSubscriptionBacklog>50</MaxPerSubscriptionBacklog><Expiration>1m</Expiration>
    <ExpirationModel>earliest</ExpirationModel><Filter>/a = 1</Filter><FairnessModel>fast</FairnessModel>
    <Leasing>strict</Leasing><MaxDeliveries>5</MaxDeliveries><MaxCancels>2</MaxCancels>
    <Priority>/prio</Priority><TargetQueueDepth>1000</TargetQueueDepth>
    <DeferredAckExpiration>1h</DeferredAckExpiration><RecoveryPoint>20250131T142501Z</RecoveryPoint>
    </QueueDefinition>)")));
  CHECK(read_queue.underlying_topic == "^in_");
  CHECK(read_queue.publish_target == "in_1");
  CHECK(read_queue.rules.lease_us == 30'000'000);
  CHECK(read_queue.rules.backlog_max == 1000);
  CHECK(read_queue.rules.subscription_backlog_max == 50);
  CHECK(read_queue.rules.expiration_us == 60'000'000);
  CHECK(read_queue.rules.expiration_model == ExpirationModel::kEarliest);
  CHECK(read_queue.filter == "/a = 1");
  CHECK(read_queue.rules.leasing == Leasing::kStrict);
  CHECK(read_queue.rules.deliveries_max == 5);
  CHECK(read_queue.rules.cancels_max == 2);
  CHECK(read_queue.priority == "/prio");
  CHECK(read_queue.target_depth == 1000);
  CHECK(read_queue.rules.deferred_ack_us == 3'600'000'000);
  CHECK(read_queue.recovery == QueueConfiguration::Recovery::kPosition);
  CHECK(read_queue.recovery_position == "20250131T142501Z");
}

TEST_CASE("SOW/Queue: at-most-once is round-robin, by default and by rule") {
  const std::string once = "<Semantics>at-most-once</Semantics>";
  CHECK(only<QueueConfiguration>(good(queue(once))).rules.fairness == FairnessModel::kRoundRobin);
  CHECK(contains(read(queue(once + "<FairnessModel>fast</FairnessModel>")), "round-robin"));
}

TEST_CASE("SOW/Queue: what does not fit together is refused by the queue's name") {
  CHECK(contains(read(queue("<UnderlyingTopic>^in</UnderlyingTopic>")),
                 "Queue q: DefaultPublishTarget is needed"));
  CHECK(contains(
      read(queue("<UnderlyingTopic>^in</UnderlyingTopic><DefaultPublishTarget>x</DefaultPublishTarget>")),
      "no UnderlyingTopic"));
  CHECK(contains(read(queue("<UnderlyingTopic>(</UnderlyingTopic>")), "UnderlyingTopic: "));
  CHECK(contains(read(queue("<Priority>/p</Priority><BarrierExpression>/b</BarrierExpression>")), "exclude"));
  CHECK(contains(read(queue("<TargetQueueDepth>999</TargetQueueDepth>")), "from 1000"));
  CHECK(contains(read(queue("<RecoveryPoint>yesterday</RecoveryPoint>")), "RecoveryPoint is yesterday"));
}

TEST_CASE("CFG-05: a dumped queue reads the same") {
  check_round_trip(queue(""));
  check_round_trip(queue("<Semantics>at-most-once</Semantics><RecoveryPoint>creation</RecoveryPoint>"));
  check_round_trip(queue("<LeasePeriod>5s</LeasePeriod><Leasing>strict</Leasing><Filter>/a &lt; 1</Filter>"));
}

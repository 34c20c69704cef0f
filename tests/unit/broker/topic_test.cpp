// SPDX-License-Identifier: Apache-2.0
#include "broker/topic.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("a topic nobody names is idle") {
  Topic topic("t");
  CHECK(topic.is_idle());
  const Subscription subscription;
  topic.literal_subscriptions.insert(&subscription);
  CHECK_FALSE(topic.is_idle());
}

TEST_CASE("names say what kind of topic it is") {
  CHECK(Topic("orders").kind == TopicKind::kOrdinary);
  CHECK(Topic("/AMP").kind == TopicKind::kOrdinary);
  CHECK(Topic("/AMPS/devnull").kind == TopicKind::kDiscard);
  CHECK(Topic("/AMPS/ClientStatus").kind == TopicKind::kReserved);
  CHECK(Topic("/AMPSx").kind == TopicKind::kReserved);
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/topic_spaces.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("each message type has a space of its own") {
  amps::ManualClock clock;
  Statistics statistics;
  const TopicSpaces spaces(clock, &statistics);
  for (const char* type : {"json", "nvfix", "fix", "xml", "binary", "msgpack", "bson", "bflat"}) {
    CHECK(is_message_type(type));
    REQUIRE(spaces.find(type) != nullptr);
    CHECK(spaces.find(type)->message_type() == type);
  }
  CHECK(spaces.find("yaml") == nullptr);
  CHECK(spaces.find("") == nullptr);
  CHECK(is_event_type("json"));
  CHECK_FALSE(is_event_type("binary"));
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/view/views.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("a derived topic of an unknown message type is a mistake") {
  amps::ManualClock clock;
  Statistics statistics;
  TopicSpaces spaces(clock, &statistics);
  Views views(spaces, nullptr, &amps::null_log_sink());
  ConflatedTopicConfiguration topic;
  topic.name = "slow";
  topic.message_type = "nonsense";
  CHECK(views.open({topic}).code() == AMPS_E_MESSAGE_TYPE);
}

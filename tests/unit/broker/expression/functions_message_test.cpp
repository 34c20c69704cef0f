// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/broker/expression/evaluator.h"

TEST_CASE("EXP-27: what is known of a message") {
  Evaluator value;
  CHECK(value("TOPIC_NAME()") == "NULL");
  value.facts() = {"orders", "corr", "1|2|", "77", 42, 1'700'000'000'500'000, 0};
  CHECK(value("TOPIC_NAME()") == "'orders'");
  CHECK(value("CORRELATION_ID()") == "'corr'");
  CHECK(value("BOOKMARK()") == "'1|2|'");
  CHECK(value("SOW_KEY()") == "'77'");
  CHECK(value("MESSAGE_SIZE()") == "42");
  CHECK(value("LAST_UPDATED()") == "1700000000.5");
}

TEST_CASE("EXP-27: a message that is no record was updated now") {
  Evaluator value;
  amps::ManualClock clock;
  value.instance().clock = &clock;
  CHECK(value("LAST_UPDATED()") == "1700000000.0");
  CHECK(value("LAST_READ()") == "1700000000.0");
}

TEST_CASE("EXP-28, EXP-29: connection and instance") {
  Evaluator value;
  CHECK(value("CLIENT_NAME()") == "NULL");
  value.connection() = {"me", "conn-1", "127.0.0.1:5", "joe"};
  value.instance().name = "AMPS-1";
  value.instance().group = "G";
  CHECK(value("CONCAT(CLIENT_NAME(), ' ', CONNECTION_NAME(), ' ', REMOTE_ADDRESS(), ' ', USER())") ==
        "'me conn-1 127.0.0.1:5 joe'");
  CHECK(value("CONCAT(AMPS_INSTANCE_NAME(), AMPS_GROUP_NAME())") == "'AMPS-1G'");
}

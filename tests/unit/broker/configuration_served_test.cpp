// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_served.h"

#include <doctest/doctest.h>

#include "broker/broker.h"

using namespace amps::broker;

TEST_CASE("CFG-08: a broker does not start when it is told what it cannot do") {
  Configuration configuration;
  CHECK(check_served(configuration).ok());
  MessageTypeConfiguration type;
  type.name = "last";
  type.module = "json";
  type.early_termination = false;
  REQUIRE(configuration.add_message_type(type).ok());
  Broker broker(configuration, {});
  const amps::Status status = broker.start();
  CHECK(status.code() == AMPS_E_USAGE);
  CHECK(status.text() == "message type last: EarlyTerminationOptimization is not available in this version");
  CHECK_FALSE(broker.is_running());
}

TEST_CASE("TOP-20: the last of equal names in json cannot be asked for") {
  Configuration configuration;
  MessageTypeConfiguration type;
  type.name = "last";
  type.module = "json";
  type.early_termination = false;
  REQUIRE(configuration.add_message_type(type).ok());
  CHECK(check_served(configuration).text() ==
        "message type last: EarlyTerminationOptimization is not available in this version");
}

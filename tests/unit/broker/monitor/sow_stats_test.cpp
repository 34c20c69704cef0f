// SPDX-License-Identifier: Apache-2.0
#include "broker/monitor/sow_stats.h"

#include <doctest/doctest.h>

#include <string>

#include "support/test_broker.h"

using namespace amps::broker;

TEST_CASE("TOP-16 the count of records is told every interval, in the message type of the subscriber") {
  raw::TestBroker broker;
  broker.with_manual_clock();
  broker.configuration.sow_stats_interval_ms = 1'000;
  broker.keep("orders", {"/id"});
  broker.start();
  raw::Client client(broker.port());
  client.logon();
  client.subscribe("/AMPS/SOWStats", "s");
  client.publish("orders", "{\"id\":1}");
  client.publish("orders", "{\"id\":2}");
  client.expect_nothing();
  for (int i = 0; i < 2; ++i) {
    broker.advance_ms(1'000);
    const raw::Frame told = client.next("p");
    CHECK(told.get("t") == "/AMPS/SOWStats");
    CHECK(told.body.find(
              "{\"SOWStats\":{\"message_type\":\"json\",\"topic\":\"orders\",\"record_count\":2,") == 0);
  }
  client.expect_nothing();
}

TEST_CASE("TOP-16 names of fields are those of the message type") {
  CHECK(sow_stats_body("xml", "a<b", 3, "now") ==
        "<SOWStats><MessageType>xml</MessageType><Topic>a&lt;b</Topic><Records>3</Records>"
        "<Timestamp>now</Timestamp></SOWStats>");
  CHECK(sow_stats_body("fix", "t", 3, "now") ==
        "20007=fix\x01"
        "20065=now\x01"
        "20066=t\x01"
        "20067=3\x01");
  CHECK(sow_stats_body("nvfix", "t", 3, "now").find("record_count=3\x01") != std::string::npos);
}

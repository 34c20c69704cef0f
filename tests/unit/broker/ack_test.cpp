// SPDX-License-Identifier: Apache-2.0
#include "broker/ack.h"

#include <doctest/doctest.h>

#include <string>

#include "amps/amps_message.h"

using amps::Buffer;
using namespace amps::broker;

TEST_CASE("an ack carries what was set and nothing else, numbers bare") {
  Buffer out;
  Ack ack;
  ack.type = AMPS_ACK_Processed;
  ack.command_id = "1";
  ack.sequence = 0;
  ack.bookmark = "42|0|";
  ack.client_name = "a\"b";
  append_ack(&out, ack);
  const std::string header =
      "{\"c\":\"ack\",\"cid\":\"1\",\"s\":0,\"bm\":\"42|0|\",\"client_name\":\"a\\\"b\",\"a\":\"processed\","
      "\"status\":\"success\"}";
  CHECK(out.view().substr(4) == header);
  CHECK(out.view().substr(0, 4) == std::string({0, 0, 0, static_cast<char>(header.size())}));
}

TEST_CASE("stats counters are sent when there are any to send, zeros included") {
  Buffer out;
  Ack ack;
  ack.type = AMPS_ACK_Stats;
  ack.with_counters = true;
  append_ack(&out, ack);
  CHECK(out.view().substr(4) ==
        "{\"c\":\"ack\",\"a\":\"stats\",\"status\":\"success\",\"topic_matches\":0,\"matches\":0,"
        "\"records_returned\":0}");
}

TEST_CASE("group marks and heartbeats are frames without a body") {
  Buffer out;
  append_group_mark(&out, "group_begin", "6");
  append_heartbeat(&out);
  const std::string begin = "{\"c\":\"group_begin\",\"query_id\":\"6\"}";
  const std::string beat = "{\"c\":\"heartbeat\"}";
  const auto length = [](const std::string& text) {
    return std::string({0, 0, 0, static_cast<char>(text.size())});
  };
  CHECK(out.view() == length(begin) + begin + length(beat) + beat);
}

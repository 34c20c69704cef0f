// SPDX-License-Identifier: Apache-2.0
#include "wire/vocabulary.h"

#include <doctest/doctest.h>

#include "amps/amps_message.h"

using namespace amps::wire;

TEST_CASE("commands have one bit each and both spellings of publish") {
  CHECK(command_of("p") == AMPS_COMMAND_Publish);
  CHECK(command_of("publish") == AMPS_COMMAND_Publish);
  CHECK(command_of("sow_and_delta_subscribe") == 1024);
  CHECK(command_of("Publish") == 0);
  CHECK(command_of("") == 0);
  CHECK(command_text(AMPS_COMMAND_Publish) == "p");
  CHECK(command_text(AMPS_COMMAND_Publish, true) == "publish");
  CHECK(command_text(AMPS_COMMAND_OOF) == "oof");
  CHECK(command_text(3).empty());
}

TEST_CASE("ack lists keep one order") {
  CHECK(ack_types_of("stats,received") == (AMPS_ACK_Stats | AMPS_ACK_Received));
  CHECK(ack_types_of("none") == 0);
  CHECK(ack_types_of(" processed , completed,") == (AMPS_ACK_Processed | AMPS_ACK_Completed));
  CHECK(ack_types_text(63) == "received,parsed,processed,persisted,completed,stats");
  CHECK(ack_types_text(AMPS_ACK_Stats | AMPS_ACK_Received | AMPS_ACK_Persisted) ==
        "received,persisted,stats");
  CHECK(ack_types_text(0).empty());
}

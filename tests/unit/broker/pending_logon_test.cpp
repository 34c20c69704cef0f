// SPDX-License-Identifier: Apache-2.0
#include "broker/pending_logon.h"

#include <doctest/doctest.h>

#include <string>

using amps::broker::Command;
using amps::broker::PendingLogon;

TEST_CASE("what a pending logon needs outlives its frame, and the password does not stay") {
  std::string id = "L", user = "ann", password = "secret";
  amps::wire::Header header;
  header.command = AMPS_COMMAND_Logon;
  header.set(AMPS_CommandId, id);
  header.set(AMPS_UserId, user);
  header.set(AMPS_Password, password);
  Command command;
  command.header = &header;
  command.acks = AMPS_ACK_Processed;
  const PendingLogon logon(command, "client", nullptr);
  id = user = "gone";
  header.clear();
  CHECK(logon.command().id() == "L");
  CHECK(logon.command().acks == AMPS_ACK_Processed);
  CHECK(logon.command().header->command == AMPS_COMMAND_Logon);
  CHECK(logon.command().header->get(AMPS_UserId) == "ann");
  CHECK_FALSE(logon.command().header->has(AMPS_Password));
  CHECK_FALSE(logon.command().header->has(AMPS_CorrelationId));
  CHECK(logon.client_name() == "client");
}

// SPDX-License-Identifier: Apache-2.0
// Finds what a command needs and who executes it: one row a command.
// Threads: as Session.
#pragma once

#include <cstdint>

#include "broker/session.h"

namespace amps::broker {

struct CommandRow {
  std::uint32_t command;    // One AMPS_COMMAND_ bit.
  std::uint32_t ack_types;  // Those the command supports; others are never sent (protocol 3.14).
  bool needs_logon;
  bool needs_topic;
  bool takes_options;
  void (*execute)(Session&, const Command&);  // None: the session executes it in blocks.
};

const CommandRow* find_command(std::uint32_t command) noexcept;  // None: unknown.
// Checks what every command needs, cuts its acks down to the supported ones and sends `received`.
// False: the command has failed.
bool admit_command(Session& session, const CommandRow& row, Command* command);
void dispatch(Session& session, Command* command);

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// What an ack or a heartbeat means to the client itself, before any handler sees it. Runs no
// program code but the publish store, so that it need not wait for a stuck handler.
// Threads: who has the reading role.
#pragma once

#include "client/backlog.h"
#include "wire/header.h"

namespace amps::client {

class Connection;

Settled settle(Connection& connection, const wire::Header& header);

}  // namespace amps::client

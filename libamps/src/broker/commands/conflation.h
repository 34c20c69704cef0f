// SPDX-License-Identifier: Apache-2.0
// The options `conflation` and `conflation_key` of a subscription (broker 6.1).
// Threads: the event loop of the session.
#pragma once

#include "base/status.h"
#include "broker/command_options.h"
#include "broker/session.h"

namespace amps::broker {

// Gives the subscription its conflation, if it is to have one. Takes the lock of the topic space for a look
// at the topic. Fails with AMPS_E_INVALID_OPTIONS.
Status make_conflation(const Session& session, const Command& command, const CommandOptions& options,
                       Subscription* subscription);

}  // namespace amps::broker

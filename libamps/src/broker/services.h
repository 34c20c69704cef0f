// SPDX-License-Identifier: Apache-2.0
// What the sessions of one broker share. Everything outlives the sessions.
// Threads: the members say.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "broker/authenticator.h"
#include "broker/client_names.h"
#include "broker/client_status.h"
#include "broker/configuration.h"
#include "broker/expression/evaluation.h"
#include "broker/journal/journal.h"
#include "broker/sow/sow_writer.h"
#include "broker/statistics.h"
#include "broker/topic_spaces.h"

namespace amps::broker {

struct Services {
  const Configuration& configuration;
  const Clock& clock;
  LogSink& log;
  Statistics& statistics;
  const TopicSpaces& spaces;
  ClientNames& names;
  const ClientStatus& status;
  const InstanceFacts& instance;
  SowWriter* sow_writer;
  std::string_view version;      // Of the broker, as logons are told.
  Authenticator* authenticator;  // None: every logon is accepted.
  Journal* journal = nullptr;    // None: there is no transaction log.
};

}  // namespace amps::broker

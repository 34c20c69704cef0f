// SPDX-License-Identifier: Apache-2.0
// What the sessions of one broker share. Everything outlives the sessions.
// Threads: the members say.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "broker/client_names.h"
#include "broker/client_status.h"
#include "broker/configuration.h"
#include "broker/expression/evaluation.h"
#include "broker/journal/journal.h"
#include "broker/security/logon_desk.h"
#include "broker/stable_storage.h"
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
  const StableStorage& storage;
  LogonDesk* logon_desk;
  std::string_view version;    // Of the broker, as logons are told.
  Journal* journal = nullptr;  // None: there is no transaction log.
};

}  // namespace amps::broker

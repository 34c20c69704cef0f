// SPDX-License-Identifier: Apache-2.0
// What a check says about the files it has read to their ends.
// Threads: a function of its arguments; takes the locks of topic spaces.
#pragma once

#include <cstdint>

#include "base/log.h"
#include "broker/configuration.h"
#include "broker/journal/journal.h"
#include "broker/topic_spaces.h"

namespace amps::broker {

// One line a file of a topic, and one for the log, which may be none. `record_count`: of the log.
void report_files(const Configuration& configuration, const TopicSpaces& spaces, Journal* journal,
                  std::uint64_t record_count, LogSink* log);

}  // namespace amps::broker

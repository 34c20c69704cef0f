// SPDX-License-Identifier: Apache-2.0
// Reads every file of the transaction log and of SOW topics that a start would read, checks all of it, and
// changes nothing.
// Threads: one; the broker whose files they are does not run. Blocks: as files do.
#pragma once

#include "base/file_io.h"
#include "base/log.h"
#include "base/status.h"
#include "broker/configuration.h"

namespace amps::broker {

// What a start would refuse; its text names file and offset. What a start would cut off is logged.
Status check_files(const Configuration& configuration, FileIo* io, LogSink* log);

}  // namespace amps::broker

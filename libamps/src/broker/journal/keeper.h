// SPDX-License-Identifier: Apache-2.0
// Archives and removes journal files when they are as old as the configuration says.
// Threads: start and the destructor by the owner; run_once() by one at a time. Blocks: run_once(), as files
// do.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/log.h"
#include "base/status.h"
#include "base/sync.h"
#include "base/thread.h"
#include "broker/configuration_state.h"
#include "broker/journal/journal.h"

namespace amps::broker {

class JournalKeeper {
 public:
  JournalKeeper(Journal* journal, const TransactionLogConfiguration& configuration, const Clock* clock,
                LogSink* log)
      : journal_(*journal), configuration_(configuration), clock_(*clock), log_(*log) {}
  ~JournalKeeper();  // Waits for what it is doing.
  JournalKeeper(const JournalKeeper&) = delete;
  JournalKeeper& operator=(const JournalKeeper&) = delete;

  // Without ages in the configuration there is nothing to do, and no thread.
  Status start();
  void run_once();

 private:
  void run();
  bool wait();
  void report(const char* what, const Status& status, std::uint64_t count);

  Journal& journal_;
  const TransactionLogConfiguration configuration_;
  const Clock& clock_;
  LogSink& log_;
  Thread thread_;

  Mutex mutex_{LockRank::kLeaf};
  CondVar wake_;
  bool stopping_ AMPS_GUARDED_BY(mutex_) = false;
};

}  // namespace amps::broker

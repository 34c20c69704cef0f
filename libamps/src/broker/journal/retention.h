// SPDX-License-Identifier: Apache-2.0
// Moves old files of the log into the archive and removes the oldest ones, without ever leaving a gap and
// without taking what somebody still needs (broker 10.12).
// Threads: any; holds are not added or removed under another lock. Lock rank: kJournalHolds. Blocks: as files
// do.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_set>

#include "base/file_io.h"
#include "base/status.h"
#include "base/sync.h"
#include "broker/journal/journal_hold.h"
#include "broker/journal/segment_catalog.h"

namespace amps::broker {

class Retention {
 public:
  Retention(FileIo* io, SegmentCatalog* catalog) : io_(*io), catalog_(*catalog) {}
  void set_places(std::string directory, std::string archive_directory, std::string instance);

  void add_hold(JournalHold* hold);
  void remove_hold(JournalHold* hold);

  // See Journal. `save_publishers` is called once, before the first file goes.
  Status archive_before(std::uint64_t utc_us, std::uint64_t* count);
  Status remove_before(std::uint64_t utc_us, const std::function<Status()>& save_publishers,
                       std::uint64_t* count);

 private:
  std::uint64_t oldest_needed_txid();
  Status copy(const std::string& from, const std::string& to);
  Status archive(const SegmentInfo& segment);

  FileIo& io_;
  SegmentCatalog& catalog_;
  std::string directory_;
  std::string archive_directory_;  // Empty: there is none.
  std::string instance_;
  std::atomic<bool> is_busy_{false};  // Acquire and release: one at a time moves files.

  Mutex mutex_{LockRank::kJournalHolds};
  std::unordered_set<JournalHold*> holds_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::broker

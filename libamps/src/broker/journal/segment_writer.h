// SPDX-License-Identifier: Apache-2.0
// Writes batches to the files of the log and makes the files they go on in.
// Threads: the commit thread; open() before it runs. Blocks: as files do.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/file_io.h"
#include "base/status.h"
#include "broker/journal/log_tail.h"
#include "broker/journal/recovery.h"
#include "broker/journal/segment.h"
#include "broker/journal/segment_catalog.h"

namespace amps::broker {

class SegmentWriter {
 public:
  struct Place {
    FileIo* io = nullptr;
    std::string directory;
    std::string instance;
    std::uint64_t segment_bytes = 0;
    std::size_t spare_count = 1;  // Files made before they are needed.
  };
  SegmentWriter(Place place, SegmentCatalog* catalog) : place_(std::move(place)), catalog_(*catalog) {}

  Status open(const RecoveredLog& log);
  // Takes the pieces of one LogTail::take(). With `sync` they are on the disk when this succeeds. What was
  // written is cut off the front of `pieces`; after a failure the call may be repeated with the rest.
  // A segment that is left is on the disk in any case.
  Status write(std::vector<TailPiece>* pieces, bool sync);
  Status sync();  // What was written without.
  bool is_synced() const noexcept { return synced_ == written_; }
  Status prepare_spares();  // When nobody waits.
  // The last sync failed, or a write that no space on the disk would have saved: no promise can be kept any
  // more.
  bool has_failed() const noexcept { return failed_; }

 private:
  Status switch_to(std::uint64_t segment);
  Status write_run(TailPiece* first, std::size_t count, bool sync);
  Status noted(Status status, bool is_final) noexcept;

  const Place place_;
  SegmentCatalog& catalog_;
  std::unique_ptr<File> file_;
  SegmentHeader header_;       // Of the current segment; number 0: none is open.
  std::uint64_t written_ = 0;  // End of what was written to it …
  std::uint64_t synced_ = 0;   // … and of what is on the disk.
  std::deque<SegmentHeader> spares_;
  bool failed_ = false;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Reads a log that was left behind, however it ended. What a crash leaves at the end is cut off, because
// nobody was told that it was safe; a fault anywhere else is damage, and is reported, never skipped.
// Threads: one. Blocks: as files do.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/file_io.h"
#include "base/log.h"
#include "base/status.h"
#include "broker/journal/log_position.h"
#include "broker/journal/publishers.h"
#include "broker/journal/segment.h"
#include "broker/journal/segment_catalog.h"

namespace amps::broker {

struct RecoveryPlan {
  FileIo* io = nullptr;
  LogSink* log = nullptr;
  std::string directory;
  std::string archive_directory;  // Empty: none.
  std::string instance;
  std::uint64_t segment_bytes = 0;
  std::function<Status(const JournalRecord&)> visit;  // May be empty.
};

struct RecoveredLog {
  LogEnd end;                         // Where appending goes on. Segment 0: there is no file yet.
  std::vector<SegmentHeader> spares;  // Files after the end that hold nothing.
};

class Recovery {
 public:
  Recovery(const RecoveryPlan& plan, SegmentCatalog* catalog, Publishers* publishers)
      : plan_(plan), catalog_(*catalog), publishers_(*publishers) {}

  // When it returns, everything it found is on the disk.
  Status run(RecoveredLog* out);

 private:
  struct FoundSegment {
    SegmentHeader header;
    std::string path;
    bool is_archived = false;
    bool is_used = false;  // It begins with a batch.
    BatchMark first_batch;
  };

  Status find_segments();
  Status find_in(const std::string& directory, bool is_archive);
  Status examine(FoundSegment* segment);
  Status check_sequence() const;
  Status load_publishers();
  // Reads the records of a segment that is followed by another, which says where it ends.
  Status read_whole(const FoundSegment& segment, std::uint64_t end);
  // Reads what there is in the last segment, or in one that was made for later.
  Status read_last(const FoundSegment& segment, std::uint64_t* end);
  Status take(const FoundSegment& segment, const JournalRecord& record, std::uint64_t offset);
  Status is_torn(SegmentScanner* scanner, RecordState state, std::uint64_t end_of_batch, bool* torn) const;
  Status cut(const FoundSegment& segment, File* file, std::uint64_t offset, std::uint64_t end_of_bytes);
  Status damaged(const FoundSegment& segment, std::uint64_t offset, const char* what) const;

  const RecoveryPlan& plan_;
  SegmentCatalog& catalog_;
  Publishers& publishers_;
  std::vector<FoundSegment> segments_;  // By number.
  LogEnd end_;
};

}  // namespace amps::broker

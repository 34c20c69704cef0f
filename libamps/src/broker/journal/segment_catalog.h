// SPDX-License-Identifier: Apache-2.0
// The files of the log that hold records, oldest first, and where to look for what in them.
// Threads: any. Lock rank: kLeaf.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sync.h"
#include "broker/journal/log_position.h"
#include "broker/journal/segment_index.h"

namespace amps::broker {

struct SegmentInfo {
  std::uint64_t number = 0;
  std::string path;
  std::uint32_t salt = 0;
  std::uint64_t end = kSegmentHeaderBytes;  // Of the records known so far; final once another follows.
  bool is_archived = false;
  std::uint64_t first_txid = 0;  // 0: it has no record.
  std::uint64_t last_txid = 0;
  std::uint64_t first_time_us = 0;
  std::uint64_t last_time_us = 0;
};

class SegmentCatalog {
 public:
  void add(const SegmentHeader& header, std::string path, bool is_archived);
  // The record at the end of what is known of the segment.
  void add_record(std::uint64_t segment, const JournalRecord& record, std::uint64_t size);
  // Whole, good records that lie at the end of what is known of the segment.
  void add_records(std::uint64_t segment, std::string_view bytes);
  void set_place(std::uint64_t segment, std::string path, bool is_archived);
  void remove(std::uint64_t segment);

  std::vector<SegmentInfo> list() const;
  std::optional<SegmentInfo> find(std::uint64_t segment) const;
  LogPosition begin() const;
  // Where to begin looking for a message: places that scanning one index spacing from is enough, newest
  // first.
  std::vector<LogPosition> candidates(const BookmarkId& bookmark) const;
  // A place before which everything is older than or as old as the time, or comes before the txid.
  LogPosition before_time(std::uint64_t utc_us) const;
  LogPosition before_txid(std::uint64_t txid) const;

 private:
  struct Entry {
    SegmentInfo info;
    SegmentIndex index;
  };

  static void add_to(Entry* entry, const JournalRecord& record, std::uint64_t size);

  mutable Mutex mutex_{LockRank::kLeaf};
  std::map<std::uint64_t, Entry> entries_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::broker

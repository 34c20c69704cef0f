// SPDX-License-Identifier: Apache-2.0
// Where in a segment to begin looking for a message, a time or a txid. Built from the records, never
// written: it can always be built again.
// Threads: one at a time; the catalog guards those of the journal.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "broker/journal/journal_record.h"
#include "broker/journal/segment.h"

namespace amps::broker {

// How far to scan from a place the index gives: what is looked for begins before the end of that.
constexpr std::uint64_t kIndexSpacingBytes = 256u << 10;

class SegmentIndex {
 public:
  // In the order of the log. `offset` is where the record begins.
  void add(const JournalRecord& record, std::uint64_t offset);

  // Where to begin scanning for a message. Nothing: it is not in the segment.
  std::optional<std::uint64_t> find(const BookmarkId& bookmark) const;
  // The latest known offset with all records before it not later than the time; scan from there.
  std::uint64_t offset_before_time(std::uint64_t utc_us) const;
  // The same for a txid: the record does not begin before it.
  std::uint64_t offset_before_txid(std::uint64_t txid) const;

  bool empty() const noexcept { return marks_.empty(); }
  std::uint64_t first_txid() const noexcept { return marks_.empty() ? 0 : marks_.front().txid; }
  std::uint64_t last_txid() const noexcept { return last_txid_; }
  std::uint64_t last_time_us() const noexcept { return last_time_us_; }
  std::uint64_t memory_bytes() const noexcept;

 private:
  struct Mark {
    std::uint64_t offset;
    std::uint64_t txid;
    std::uint64_t time_us;
  };
  struct SequenceMark {
    std::uint64_t sequence;
    std::uint64_t offset;
  };
  // What one publisher has in the segment. Its sequences grow with the offset.
  struct PublisherMarks {
    std::uint64_t last_sequence = 0;
    SequenceMark first{};
    std::vector<SequenceMark> further;
  };

  std::vector<Mark> marks_;
  // Only of publishers that count themselves; the others are found by txid, which is their sequence.
  std::unordered_map<std::uint64_t, PublisherMarks> publishers_;
  std::uint64_t last_txid_ = 0;
  std::uint64_t last_time_us_ = 0;
};

}  // namespace amps::broker

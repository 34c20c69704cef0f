// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/segment_index.h"

#include <algorithm>

namespace amps::broker {

void SegmentIndex::add(const JournalRecord& record, std::uint64_t offset) {
  last_txid_ = record.txid;
  last_time_us_ = record.timestamp_us;
  if (marks_.empty() || offset >= marks_.back().offset + kIndexSpacingBytes) {
    marks_.push_back({offset, record.txid, record.timestamp_us});
  }
  if (record.numbered_by_log) return;
  const auto [found, is_new] = publishers_.try_emplace(record.bookmark.publisher);
  PublisherMarks& marks = found->second;
  marks.last_sequence = record.bookmark.sequence;
  if (is_new) {
    marks.first = {record.bookmark.sequence, offset};
    return;
  }
  const std::uint64_t previous = marks.further.empty() ? marks.first.offset : marks.further.back().offset;
  if (offset >= previous + kIndexSpacingBytes) marks.further.push_back({record.bookmark.sequence, offset});
}

std::optional<std::uint64_t> SegmentIndex::find(const BookmarkId& bookmark) const {
  const auto found = publishers_.find(bookmark.publisher);
  if (found != publishers_.end()) {
    const PublisherMarks& marks = found->second;
    if (bookmark.sequence < marks.first.sequence || bookmark.sequence > marks.last_sequence) return {};
    const auto after = std::upper_bound(
        marks.further.begin(), marks.further.end(), bookmark.sequence,
        [](std::uint64_t sequence, const SequenceMark& mark) { return sequence < mark.sequence; });
    return after == marks.further.begin() ? marks.first.offset : std::prev(after)->offset;
  }
  if (bookmark.sequence < first_txid() || bookmark.sequence > last_txid_) return {};
  return offset_before_txid(bookmark.sequence);
}

std::uint64_t SegmentIndex::offset_before_time(std::uint64_t utc_us) const {
  const auto later =
      std::upper_bound(marks_.begin(), marks_.end(), utc_us,
                       [](std::uint64_t time, const Mark& mark) { return time < mark.time_us; });
  return later == marks_.begin() ? kSegmentHeaderBytes : std::prev(later)->offset;
}

std::uint64_t SegmentIndex::offset_before_txid(std::uint64_t txid) const {
  const auto later =
      std::upper_bound(marks_.begin(), marks_.end(), txid,
                       [](std::uint64_t wanted, const Mark& mark) { return wanted < mark.txid; });
  return later == marks_.begin() ? kSegmentHeaderBytes : std::prev(later)->offset;
}

std::uint64_t SegmentIndex::memory_bytes() const noexcept {
  std::uint64_t bytes = marks_.capacity() * sizeof(Mark);
  for (const auto& [publisher, marks] : publishers_) {
    bytes += sizeof marks + 4 * sizeof(void*) + marks.further.capacity() * sizeof(SequenceMark);
  }
  return bytes;
}

}  // namespace amps::broker

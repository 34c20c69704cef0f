// SPDX-License-Identifier: Apache-2.0
// One file of the transaction log: its name, its header, and reading it record by record with checks.
// The header is on the disk before the file gets its name, so a file whose header is wrong is damaged.
// Threads: functions of their arguments; a scanner is used by one thread. Blocks: as files do.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/file_io.h"
#include "base/status.h"
#include "broker/journal/journal_record.h"

namespace amps::broker {

constexpr std::uint64_t kSegmentHeaderBytes = 64;  // Where the first record begins.

struct SegmentHeader {
  std::uint64_t number = 0;  // From 1.
  std::uint32_t salt = 0;    // Of the checksums, so that the body of a message is never taken for a record.
};

// <instance>.<10 digits>.journal
std::string segment_name(std::string_view instance, std::uint64_t number);
// The number of a file of this instance; nothing for any other file.
std::optional<std::uint64_t> segment_number(std::string_view instance, std::string_view name) noexcept;

// Makes an empty segment with room for `size_bytes`, on the disk when this returns.
Status make_segment(FileIo& io, const std::string& directory, std::string_view instance,
                    const SegmentHeader& header, std::uint64_t size_bytes);
// Fails with AMPS_E_STORE when the header is not good.
Status read_segment_header(File& file, const std::string& path, SegmentHeader* out);

class SegmentScanner {
 public:
  // Borrows the file. `path` is for messages.
  SegmentScanner(File* file, std::string path, std::uint32_t salt);

  Status seek(std::uint64_t offset);  // The next record is looked for there.
  // Reads the record at offset(), and goes past it if it is good; the record's views die at the next call.
  // kCut never: what reaches beyond the file is damaged.
  Status next(RecordState* state, JournalRecord* out);
  std::uint64_t offset() const noexcept { return offset_; }
  // What the record at offset() takes if its length can be believed; when not, what its header takes.
  std::uint64_t damaged_bytes() const noexcept { return size_; }
  std::uint64_t file_bytes() const noexcept { return file_bytes_; }

  // The first intact kBatch record that begins after `offset`, at any multiple of the alignment. False: none.
  Status find_batch_after(std::uint64_t offset, bool* found, std::uint64_t* at, BatchMark* mark);
  // Whether a sector that lies in the range holds only zeros in it: what a torn write of it leaves behind.
  Status has_empty_sector(std::uint64_t from, std::uint64_t to, bool* out);
  // Where the last byte at or after `offset` that is not zero ends; `offset` when there is none.
  Status end_of_bytes_after(std::uint64_t offset, std::uint64_t* out);

 private:
  Status fill(std::uint64_t offset,
              std::size_t size);  // Makes window() hold at least that, or to the file's end.
  std::string_view window(std::uint64_t offset) const noexcept;

  File* const file_;
  const std::string path_;
  const std::uint32_t salt_;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t offset_ = kSegmentHeaderBytes;
  std::size_t size_ = 0;             // Of the record that was looked at last.
  Buffer buffer_;                    // Bytes of the file …
  std::uint64_t buffer_offset_ = 0;  // … from here on.
};

}  // namespace amps::broker

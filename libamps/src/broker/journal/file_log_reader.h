// SPDX-License-Identifier: Apache-2.0
// Reads the log of a FileJournal: near its end from memory, elsewhere from the files.
// Threads: as LogReader; oldest_needed_txid() from any. Blocks: as files do.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "base/buffer.h"
#include "base/file_io.h"
#include "broker/journal/journal_hold.h"
#include "broker/journal/log_reader.h"
#include "broker/journal/log_tail.h"
#include "broker/journal/segment_catalog.h"

namespace amps::broker {

class FileJournal;

class FileLogReader final : public LogReader, public JournalHold {
 public:
  explicit FileLogReader(FileJournal* journal);  // Borrows it.
  ~FileLogReader() override;
  FileLogReader(const FileLogReader&) = delete;
  FileLogReader& operator=(const FileLogReader&) = delete;

  LogPosition position() const noexcept override { return position_; }
  void seek(LogPosition position) override;
  Status next(LogPosition limit, bool* found, JournalRecord* out) override;
  LogPosition record_begin() const noexcept override { return record_begin_; }
  std::uint64_t oldest_needed_txid() override;

 private:
  Status load(LogPosition limit);
  Status load_from_file(LogPosition limit);
  Status open_segment(const SegmentInfo& info);
  void move_to(LogPosition position) noexcept;
  Status take(bool* found, JournalRecord* out);

  FileJournal& journal_;
  LogPosition position_;
  LogPosition record_begin_;
  std::atomic<std::uint64_t> segment_{0};  // That of position_, for who removes files. Relaxed.

  // Whole records from position_ on: of piece_, or of buffer_ and then not yet checked.
  std::string_view rest_;
  TailPiece piece_;
  Buffer buffer_;
  bool is_checked_ = false;

  std::unique_ptr<File> file_;
  SegmentInfo open_;  // What file_ is; number 0: none.
};

}  // namespace amps::broker

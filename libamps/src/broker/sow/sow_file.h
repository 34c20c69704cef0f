// SPDX-License-Identifier: Apache-2.0
// The file of a persistent topic: batches of changes, each with its number and checksum. What a record is
// now follows from the changes to it in order; compaction writes a file that begins with the present state.
//
//   head    "AMPSSOW1", salt, CRC-32C of both
//   batch   salt, number, size, CRC-32C of number, size and payload; payload of `size` bytes
//   payload of the first batch: which topic this is; of others: changes, see append_change()
//
// A batch is written after the one before it was synced. So a bad batch with a good one behind it is damage,
// and a bad one with nothing good behind it is a write that was cut short: it was never acknowledged. The
// salt is drawn for each file, so that no publisher can make bytes that pass for a batch. Threads: one at a
// time. Blocks: as the file does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/file_io.h"
#include "base/status.h"

namespace amps::broker {

struct SavedChange {
  bool removes = false;
  std::uint64_t timestamp_us = 0;
  std::uint64_t expires_us = 0;
  std::uint64_t txid = 0;
  std::string_view key;
  std::string_view correlation_id;
  std::string_view body;
};

void append_change(Buffer* out, const SavedChange& change);
std::string directory_of(const std::string& path);  // "." when the path names none.

class SowFile {
 public:
  using Visitor = std::function<Status(const SavedChange&)>;

  // Reads every change of an existing file, or makes a file. `about` says whose it is, and has to be what the
  // file says. `cut_bytes` is what was cut off its end. Fails with AMPS_E_STORE; the text names file and
  // offset.
  static Status open(FileIo* io, const std::string& path, const std::string& about, const Visitor& visit,
                     std::unique_ptr<SowFile>* out, std::uint64_t* cut_bytes);
  // Makes an empty file in place of whatever is there.
  static Status make(FileIo* io, const std::string& path, const std::string& about,
                     std::unique_ptr<SowFile>* out);

  // Writes a batch at the end. After a failure nothing may be written any more.
  Status write(std::string_view changes);
  Status sync() { return file_->sync_data(); }
  // Writes the changes of another file of the topic from `offset` on, where a batch begins.
  Status copy_from(SowFile* other, std::uint64_t offset);
  std::uint64_t size() const noexcept { return size_; }
  const std::string& path() const noexcept { return path_; }
  void set_path(std::string path) { path_ = std::move(path); }  // It was renamed.

 private:
  SowFile(std::string path, std::unique_ptr<File> file) : path_(std::move(path)), file_(std::move(file)) {}
  enum class Batch { kGood, kBad, kEnd };
  Status write_head(const std::string& about);
  Status read_head();
  Status load(const std::string& about, const Visitor& visit, std::uint64_t* cut_bytes);
  Status read_exactly(std::uint64_t offset, std::size_t size, Buffer* out) const;
  Status read_batch(std::uint64_t offset, std::uint64_t number_min, Batch* kind, Buffer* payload,
                    std::uint64_t* number) const;
  Status find_batch_after(std::uint64_t offset, std::uint64_t number_min, bool* found) const;
  Status visit_changes(std::string_view payload, std::uint64_t offset, const Visitor& visit) const;
  Status damaged(std::uint64_t offset, const char* what) const;

  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t salt_ = 0;
  std::uint64_t number_ = 0;  // Of the last batch.
  std::uint64_t size_ = 0;    // Up to the end of the last batch.
  Buffer batch_;
};

}  // namespace amps::broker

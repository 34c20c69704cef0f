// SPDX-License-Identifier: Apache-2.0
// The file of a persistent topic: batches of changes. What a record is now follows from the changes to it in
// order; compaction writes a file that begins with the present state.
//
// A record file (base/record_file.h) whose first record says which topic this is; each further one is a batch
// of changes, see append_change(), written after the one before it was synced. Threads: one at a time.
// Blocks: as the file does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/file_io.h"
#include "base/record_file.h"
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
  Status write(std::string_view changes) { return file_->write(changes); }
  Status sync() { return file_->sync(); }
  // Writes the changes of another file of the topic from `offset` on, where a batch begins.
  Status copy_from(SowFile* other, std::uint64_t offset) {
    return file_->copy_from(other->file_.get(), offset);
  }
  std::uint64_t size() const noexcept { return file_->size(); }
  const std::string& path() const noexcept { return file_->path(); }
  void set_path(std::string path) { file_->set_path(std::move(path)); }  // It was renamed.

 private:
  std::unique_ptr<RecordFile> file_;
};

}  // namespace amps::broker

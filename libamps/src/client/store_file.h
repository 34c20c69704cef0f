// SPDX-License-Identifier: Apache-2.0
// The file of a client's store. One store at a time has it; a smaller file takes its place when most of it is
// of no use any more. A store in memory has one that was never opened.
// Threads: one at a time. Blocks: as the file does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/file_io.h"
#include "base/record_file.h"
#include "base/status.h"

namespace amps::client {

class StoreFile {
 public:
  // With what the file holds; one that is not there is made. Fails with AMPS_E_STORE when another store has
  // it or it is damaged. `about` says what kind of store it belongs to. @param syncs  write() returns when
  // the disk has the record
  Status open(FileIo* io, const std::string& path, const RecordFileKind& kind, const char* about, bool syncs,
              const RecordFile::Visitor& visit);
  bool is_open() const noexcept { return file_ != nullptr; }
  // Why nothing may be written any more. Success: it may.
  const Status& failure() const noexcept { return failure_; }
  void fail(Status why) { failure_ = std::move(why); }

  // The rest requires that it is open, but for sync() and close(), which then do nothing.
  std::uint64_t size() const noexcept { return file_->size(); }
  // A record that fails is not in the file either. Where that cannot be, or nobody knows what the disk has,
  // nothing may be written any more.
  Status write(std::string_view record);
  // Has `fill` write a file, which takes the place of this one. `*is_replaced`, unless null, is true when it
  // has, although the disk may not know yet.
  Status replace(const std::function<Status(RecordFile*)>& fill, bool* is_replaced = nullptr);
  Status sync() { return file_ == nullptr ? Status() : file_->sync(); }
  // Gives the file up; what would change it fails from now on.
  Status close();

 private:
  FileIo* io_ = nullptr;
  RecordFileKind kind_;
  std::string about_;
  bool syncs_ = false;
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<RecordFile> file_;
  Status failure_;
};

}  // namespace amps::client

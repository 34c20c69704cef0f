// SPDX-License-Identifier: Apache-2.0
// Looks like a file system and keeps every change to itself: for a start that only tries what would happen.
// Files are opened as a start would, so that missing rights show; nothing is written to them.
// Threads: any. The file system outlives it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/file_io.h"
#include "base/sync.h"

namespace amps::broker {

class ReadOnlyFileIo final : public FileIo {
 public:
  explicit ReadOnlyFileIo(FileIo* io) noexcept : io_(*io) {}

  // A file that would be made is empty. Fails when there is no directory to make it in.
  Status open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) override;
  Status rename(const std::string&, const std::string&) override { return {}; }
  Status remove(const std::string&) override { return {}; }
  Status sync_directory(const std::string&) override { return {}; }
  Status make_directory(const std::string& path) override;
  Status list(const std::string& directory, std::vector<std::string>* names) override;
  // The one thing that is taken for real: of files that a broker uses, nothing can be said. Where there are
  // no files, no broker writes any.
  Status lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) override;

 private:
  FileIo& io_;
  Mutex mutex_{LockRank::kLeaf};
  std::set<std::string> made_ AMPS_GUARDED_BY(mutex_);  // Directories.
};

}  // namespace amps::broker

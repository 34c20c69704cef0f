// SPDX-License-Identifier: Apache-2.0
// A file system in memory that fails on demand and can lose power: for tests of everything that
// promises to keep bytes.
// Threads: one at a time. Files stay usable until the FaultFileIo goes.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/file_io.h"

namespace amps::test {

class FaultFileIo final : public FileIo {
 public:
  // Every operation on files and directories counts. The one with this number, from 1, fails with
  // AMPS_E_STORE; a failing write has written the first half of its bytes, and what a failing sync was to
  // make durable never becomes so, as on real systems, unless it is written again. 0: none fails.
  void fail_at(std::size_t operation) noexcept { fail_at_ = operation; }
  // While true, allocations and writes that make a file longer fail as on a full disk.
  void set_disk_full(bool full) noexcept { disk_full_ = full; }
  std::size_t operation_count() const noexcept { return operation_count_; }
  // Everything that was not made durable is gone: bytes without sync_data, names without
  // sync_directory. Open files must not be used afterwards.
  void lose_power();
  bool exists(const std::string& path) const { return names_.count(path) != 0; }
  // Contents as they are now, and as they would be after a power loss.
  std::string content(const std::string& path) const { return names_.at(path)->bytes; }
  std::string durable_content(const std::string& path) const { return names_.at(path)->durable; }

  Status open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Status make_directory(const std::string& path) override;
  Status list(const std::string& directory, std::vector<std::string>* names) override;
  Status lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) override;

 private:
  // Owned by the names that lead to it, the durable names among them, and by open files.
  struct Inode {
    std::string bytes;
    std::string durable;
    // One for each byte that ever changed: 'd' to be made durable, 'l' lost to a failed sync.
    std::string changes;
    void change(std::size_t offset, std::size_t size);
    void sync();
    void fail_sync();
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;
  class OpenFile;
  class Lock;

  // False when the operation is the one that fails.
  bool goes_well() noexcept { return ++operation_count_ != fail_at_; }

  Names names_;
  Names durable_names_;
  std::set<std::string> locked_;
  bool disk_full_ = false;
  std::atomic<std::size_t> fail_at_{0};  // Set while a writer thread is at work.
  std::atomic<std::size_t> operation_count_{0};
};

}  // namespace amps::test

// SPDX-License-Identifier: Apache-2.0
// A file system whose disk stands still while the gate is closed: whoever syncs waits for it. Once broken,
// every sync fails; while it is full, files do not grow, or, where the system writes anew what is written
// over, nothing is written at all.
// Threads: any.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/file_io.h"

namespace amps::test {

class GatedFileIo final : public FileIo {
 public:
  explicit GatedFileIo(FileIo* io) : io_(*io) {}

  void close_gate() { set_open(false); }
  void open_gate() { set_open(true); }
  void break_disk() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_broken_ = true;
  }

  void set_full(bool is_full, bool for_every_write = false) {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_full_ = is_full;
    for_every_write_ = for_every_write;
  }

  Status open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) override {
    std::unique_ptr<File> file;
    AMPS_RETURN_IF_ERROR(io_.open(path, mode, &file));
    *out = std::make_unique<GatedFile>(this, std::move(file));
    return {};
  }
  Status rename(const std::string& from, const std::string& to) override { return io_.rename(from, to); }
  Status remove(const std::string& path) override { return io_.remove(path); }
  Status sync_directory(const std::string& path) override { return io_.sync_directory(path); }
  Status make_directory(const std::string& path) override { return io_.make_directory(path); }
  Status list(const std::string& directory, std::vector<std::string>* names) override {
    return io_.list(directory, names);
  }
  Status lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) override {
    return io_.lock(directory, out);
  }

 private:
  class GatedFile final : public File {
   public:
    GatedFile(GatedFileIo* home, std::unique_ptr<File> file) : home_(*home), file_(std::move(file)) {}
    Status read_at(std::uint64_t offset, char* to, std::size_t size, std::size_t* got) override {
      return file_->read_at(offset, to, size, got);
    }
    Status write_at(std::uint64_t offset, std::string_view bytes) override {
      AMPS_RETURN_IF_ERROR(home_.grow(*file_, offset + bytes.size()));
      return file_->write_at(offset, bytes);
    }
    Status sync_data() override {
      AMPS_RETURN_IF_ERROR(home_.pass());
      return file_->sync_data();
    }
    Status truncate(std::uint64_t size) override { return file_->truncate(size); }
    Status allocate(std::uint64_t size) override {
      AMPS_RETURN_IF_ERROR(home_.grow(*file_, size));
      return file_->allocate(size);
    }
    Status size(std::uint64_t* out) const override { return file_->size(out); }

   private:
    GatedFileIo& home_;
    const std::unique_ptr<File> file_;
  };

  void set_open(bool is_open) {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_open_ = is_open;
    changed_.notify_all();
  }
  Status pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return is_open_; });
    return is_broken_ ? Status(AMPS_E_STORE, "the disk is broken") : Status();
  }
  Status grow(const File& file, std::uint64_t size) {
    std::uint64_t now = 0;
    AMPS_RETURN_IF_ERROR(file.size(&now));
    const std::lock_guard<std::mutex> lock(mutex_);
    return is_full_ && (size > now || for_every_write_)
               ? Status(AMPS_E_STORE, "the disk is full", "disk full")
               : Status();
  }

  FileIo& io_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
  bool is_broken_ = false;
  bool is_full_ = false;
  bool for_every_write_ = false;
};

}  // namespace amps::test

// SPDX-License-Identifier: Apache-2.0
#include "broker/read_only_file_io.h"

#include <algorithm>
#include <utility>

#include "broker/sow/sow_file.h"

namespace amps::broker {

namespace {

class ReadOnlyFile final : public File {
 public:
  explicit ReadOnlyFile(std::unique_ptr<File> file) noexcept : file_(std::move(file)) {}
  Status read_at(std::uint64_t offset, char* to, std::size_t size, std::size_t* got) override {
    *got = 0;
    return file_ == nullptr ? Status() : file_->read_at(offset, to, size, got);
  }
  Status write_at(std::uint64_t, std::string_view) override { return {}; }
  Status sync_data() override { return {}; }
  Status truncate(std::uint64_t) override { return {}; }
  Status allocate(std::uint64_t) override { return {}; }
  Status size(std::uint64_t* out) const override {
    *out = 0;
    return file_ == nullptr ? Status() : file_->size(out);
  }

 private:
  const std::unique_ptr<File> file_;  // None: it would be made.
};

}  // namespace

Status ReadOnlyFileIo::open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) {
  std::unique_ptr<File> file;
  if (mode == OpenMode::kCreate) {
    const std::string directory = directory_of(path);
    std::vector<std::string> names;
    const Status status = io_.list(directory, &names);
    if (std::find(names.begin(), names.end(), path.substr(path.rfind('/') + 1)) != names.end()) {
      AMPS_RETURN_IF_ERROR(io_.open(path, OpenMode::kReadWrite, &file));
    } else if (!status.ok()) {
      const MutexLock lock(mutex_);
      if (made_.count(directory) == 0) return status;
    }
  } else {
    AMPS_RETURN_IF_ERROR(io_.open(path, mode, &file));
  }
  *out = std::make_unique<ReadOnlyFile>(std::move(file));
  return {};
}

Status ReadOnlyFileIo::make_directory(const std::string& path) {
  const MutexLock lock(mutex_);
  made_.insert(path);
  return {};
}

Status ReadOnlyFileIo::list(const std::string& directory, std::vector<std::string>* names) {
  names->clear();
  static_cast<void>(io_.list(directory, names));  // What is not there has nothing in it.
  return {};
}

Status ReadOnlyFileIo::lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) {
  std::vector<std::string> names;
  if (!io_.list(directory, &names).ok() || names.empty()) return {};
  return io_.lock(directory, out);
}

}  // namespace amps::broker

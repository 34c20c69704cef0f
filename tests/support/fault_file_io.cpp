// SPDX-License-Identifier: Apache-2.0
#include "fault_file_io.h"

#include <algorithm>
#include <iterator>

namespace amps::test {
namespace {

Status failure(const char* what, const std::string& path = {}) {
  return {AMPS_E_STORE, std::string("cannot ") + what + " '" + path + "': injected"};
}

Status full() {
  return {AMPS_E_STORE, "cannot write: injected", "disk full"};
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

void FaultFileIo::Inode::change(std::size_t offset, std::size_t size) {
  if (changes.size() < offset + size) changes.resize(offset + size, ' ');
  changes.replace(offset, size, size, 'd');
}

void FaultFileIo::Inode::sync() {
  durable.resize(bytes.size());
  changes.resize(bytes.size(), ' ');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (changes[i] != 'd') continue;
    durable[i] = bytes[i];
    changes[i] = ' ';
  }
}

void FaultFileIo::Inode::fail_sync() {
  std::replace(changes.begin(), changes.end(), 'd', 'l');
}

class FaultFileIo::OpenFile final : public File {
 public:
  OpenFile(FaultFileIo* io, std::shared_ptr<Inode> inode, bool writable)
      : io_(io), inode_(std::move(inode)), writable_(writable) {}

  Status read_at(std::uint64_t offset, char* to, std::size_t size, std::size_t* got) override {
    *got = 0;
    if (!io_->goes_well()) return failure("read");
    const std::string& bytes = inode_->bytes;
    if (offset >= bytes.size()) return {};
    *got = bytes.copy(to, size, static_cast<std::size_t>(offset));
    return {};
  }

  Status write_at(std::uint64_t offset, std::string_view bytes) override {
    if (!writable_) return failure("write");
    const bool well = io_->goes_well();
    if (io_->disk_full_ && offset + bytes.size() > inode_->bytes.size()) return full();
    if (!well) bytes = bytes.substr(0, bytes.size() / 2);
    const auto at = static_cast<std::size_t>(offset);
    if (inode_->bytes.size() < at + bytes.size()) inode_->bytes.resize(at + bytes.size());
    std::copy(bytes.begin(), bytes.end(), inode_->bytes.begin() + static_cast<std::ptrdiff_t>(at));
    inode_->change(at, bytes.size());
    return well ? Status() : failure("write");
  }

  Status sync_data() override {
    if (!io_->goes_well()) {
      inode_->fail_sync();
      return failure("sync");
    }
    inode_->sync();
    return {};
  }

  Status truncate(std::uint64_t size) override {
    if (!writable_ || !io_->goes_well()) return failure("truncate");
    if (size < inode_->bytes.size()) {
      inode_->change(static_cast<std::size_t>(size), inode_->bytes.size() - static_cast<std::size_t>(size));
    }
    inode_->bytes.resize(static_cast<std::size_t>(size));
    return {};
  }

  Status allocate(std::uint64_t size) override {
    if (!writable_ || !io_->goes_well()) return failure("allocate");
    if (inode_->bytes.size() >= size) return {};
    if (io_->disk_full_) return full();
    inode_->bytes.resize(static_cast<std::size_t>(size));
    return {};
  }

  Status size(std::uint64_t* out) const override {
    *out = inode_->bytes.size();
    return {};
  }

 private:
  FaultFileIo* const io_;
  const std::shared_ptr<Inode> inode_;
  const bool writable_;
};

class FaultFileIo::Lock final : public DirectoryLock {
 public:
  Lock(FaultFileIo* io, std::string directory) : io_(io), directory_(std::move(directory)) {}
  ~Lock() override { io_->locked_.erase(directory_); }

 private:
  FaultFileIo* const io_;
  const std::string directory_;
};

void FaultFileIo::lose_power() {
  names_ = durable_names_;
  for (auto& [path, inode] : names_) {
    inode->bytes = inode->durable;
    inode->changes.clear();
  }
}

Status FaultFileIo::open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) {
  if (!goes_well()) return failure("open", path);
  auto found = names_.find(path);
  if (found == names_.end()) {
    if (mode != OpenMode::kCreate) return failure("open", path);
    found = names_.emplace(path, std::make_shared<Inode>()).first;
  }
  *out = std::make_unique<OpenFile>(this, found->second, mode != OpenMode::kRead);
  return {};
}

Status FaultFileIo::rename(const std::string& from, const std::string& to) {
  const auto found = names_.find(from);
  if (!goes_well() || found == names_.end()) return failure("rename", from);
  names_[to] = found->second;
  names_.erase(found);
  return {};
}

Status FaultFileIo::remove(const std::string& path) {
  if (!goes_well() || names_.erase(path) == 0) return failure("remove", path);
  return {};
}

Status FaultFileIo::sync_directory(const std::string& path) {
  if (!goes_well()) return failure("sync directory", path);
  const auto is_inside = [&](const auto& name) { return directory_of(name.first) == path; };
  for (auto at = durable_names_.begin(); at != durable_names_.end();) {
    at = is_inside(*at) ? durable_names_.erase(at) : std::next(at);
  }
  std::copy_if(names_.begin(), names_.end(), std::inserter(durable_names_, durable_names_.end()), is_inside);
  return {};
}

// Directories need no making here, and none of their own is lost.
Status FaultFileIo::make_directory(const std::string& path) {
  return goes_well() ? Status() : failure("make directory", path);
}

Status FaultFileIo::list(const std::string& directory, std::vector<std::string>* names) {
  names->clear();
  if (!goes_well()) return failure("list", directory);
  for (const auto& [path, inode] : names_) {
    if (directory_of(path) == directory) names->push_back(path.substr(directory.size() + 1));
  }
  return {};
}

Status FaultFileIo::lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) {
  if (!goes_well() || !locked_.insert(directory).second) return failure("lock", directory);
  *out = std::make_unique<Lock>(this, directory);
  return {};
}

}  // namespace amps::test

// SPDX-License-Identifier: Apache-2.0
#include "base/file_io.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <limits>
#include <system_error>

namespace amps {
namespace {

constexpr std::size_t kReadStepBytes = 65'536;  // One step of read_file: a file may grow while it is read.

constexpr std::string_view kDiskFull = "disk full";  // The reason in a Status of that kind.

Status system_failure(const char* action, const std::string& path, int error) {
  const bool is_full = error == ENOSPC || error == EDQUOT;
  return {AMPS_E_STORE,
          std::string("cannot ") + action + " '" + path +
              "': " + std::error_code(error, std::generic_category()).message(),
          std::string(is_full ? kDiskFull : std::string_view{})};
}

// Offsets are signed for the kernel; larger ones are our bug or a damaged file, not a wrap-around.
bool is_offset(std::uint64_t offset, std::size_t size) noexcept {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  return offset <= kMax && size <= kMax - offset;
}

template <typename Call>
auto retry_interrupted(Call call) noexcept {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

class SystemFile final : public File {
 public:
  SystemFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~SystemFile() override { ::close(fd_); }
  SystemFile(const SystemFile&) = delete;
  SystemFile& operator=(const SystemFile&) = delete;

  Status read_at(std::uint64_t offset, char* to, std::size_t size, std::size_t* got) override {
    *got = 0;
    if (!is_offset(offset, size)) return system_failure("read", path_, EOVERFLOW);
    while (*got < size) {
      const ssize_t count = retry_interrupted(
          [&] { return ::pread(fd_, to + *got, size - *got, static_cast<off_t>(offset + *got)); });
      if (count < 0) return system_failure("read", path_, errno);
      if (count == 0) break;  // End of the file.
      *got += static_cast<std::size_t>(count);
    }
    return {};
  }

  Status write_at(std::uint64_t offset, std::string_view bytes) override {
    if (!is_offset(offset, bytes.size())) return system_failure("write", path_, EOVERFLOW);
    while (!bytes.empty()) {
      const ssize_t count = retry_interrupted(
          [&] { return ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
      if (count < 0) return system_failure("write", path_, errno);
      if (count == 0) return system_failure("write", path_, ENOSPC);
      offset += static_cast<std::uint64_t>(count);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  // Never retried after a failure: the kernel reports a lost write once, and a second call that
  // succeeds would claim that it was saved.
  Status sync_data() override {
    return ::fdatasync(fd_) == 0 ? Status() : system_failure("sync", path_, errno);
  }

  Status truncate(std::uint64_t size) override {
    if (!is_offset(size, 0)) return system_failure("truncate", path_, EOVERFLOW);
    const int result = retry_interrupted([&] { return ::ftruncate(fd_, static_cast<off_t>(size)); });
    return result == 0 ? Status() : system_failure("truncate", path_, errno);
  }

  Status allocate(std::uint64_t size) override {
    if (!is_offset(size, 0)) return system_failure("allocate", path_, EOVERFLOW);
    for (;;) {
      const int error = ::posix_fallocate(fd_, 0, static_cast<off_t>(size));
      if (error == 0) return {};
      if (error != EINTR) return system_failure("allocate", path_, error);
    }
  }

  Status size(std::uint64_t* out) const override {
    struct stat info;
    if (::fstat(fd_, &info) != 0) return system_failure("examine", path_, errno);
    *out = static_cast<std::uint64_t>(info.st_size);
    return {};
  }

 private:
  const int fd_;
  const std::string path_;
};

int open_flags(OpenMode mode) noexcept {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY | O_CLOEXEC;
    case OpenMode::kReadWrite:
      return O_RDWR | O_CLOEXEC;
    case OpenMode::kCreate:
      break;
  }
  return O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
}

// flock, because it belongs to the open file: it also keeps out a second broker of this process, and ends
// with the process. A child made by fork shares it, hence the explicit unlock.
class SystemLock final : public DirectoryLock {
 public:
  explicit SystemLock(int fd) noexcept : fd_(fd) {}
  ~SystemLock() override {
    ::flock(fd_, LOCK_UN);
    ::close(fd_);
  }
  SystemLock(const SystemLock&) = delete;
  SystemLock& operator=(const SystemLock&) = delete;

 private:
  const int fd_;
};

class SystemFileIo final : public FileIo {
 public:
  Status open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) override {
    const int fd = retry_interrupted([&] { return ::open(path.c_str(), open_flags(mode), 0600); });
    if (fd < 0) return system_failure("open", path, errno);
    *out = std::make_unique<SystemFile>(fd, path);
    return {};
  }

  Status rename(const std::string& from, const std::string& to) override {
    return std::rename(from.c_str(), to.c_str()) == 0 ? Status() : system_failure("rename", from, errno);
  }

  Status remove(const std::string& path) override {
    return ::unlink(path.c_str()) == 0 ? Status() : system_failure("remove", path, errno);
  }

  Status sync_directory(const std::string& path) override {
    const int fd =
        retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (fd < 0) return system_failure("open directory", path, errno);
    const int error = ::fsync(fd) == 0 ? 0 : errno;
    ::close(fd);
    return error == 0 ? Status() : system_failure("sync directory", path, error);
  }

  Status make_directory(const std::string& path) override {
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
      const std::string part = path.substr(0, slash);
      if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
        return system_failure("make directory", part, errno);
      if (slash == std::string::npos) break;
    }
    struct stat info;
    if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return {};
    return system_failure("make directory", path, ENOTDIR);
  }

  Status list(const std::string& directory, std::vector<std::string>* names) override {
    names->clear();
    DIR* const stream = ::opendir(directory.c_str());
    if (stream == nullptr) return system_failure("list", directory, errno);
    errno = 0;
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names->emplace_back(name);
    }
    const int error = errno;
    ::closedir(stream);
    return error == 0 ? Status() : system_failure("list", directory, error);
  }

  Status lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) override {
    const std::string path = directory + "/lock";
    const int fd = retry_interrupted(
        [&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600); });
    if (fd < 0) return system_failure("open", path, errno);
    if (retry_interrupted([&] { return ::flock(fd, LOCK_EX | LOCK_NB); }) != 0) {
      const int error = errno;
      ::close(fd);
      if (error != EWOULDBLOCK) return system_failure("lock", path, error);
      return {AMPS_E_STORE, "directory '" + directory + "' is in use by another broker"};
    }
    *out = std::make_unique<SystemLock>(fd);
    return {};
  }
};

}  // namespace

bool is_disk_full(const Status& status) noexcept {
  return status.reason() == kDiskFull;
}

FileIo& system_file_io() noexcept {
  static SystemFileIo io;
  return io;
}

Status read_file(FileIo& io, const std::string& path, std::size_t size_max, std::string* out) {
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(io.open(path, OpenMode::kRead, &file));
  out->clear();
  for (;;) {
    const std::size_t filled = out->size();
    out->resize(filled + kReadStepBytes);
    std::size_t got = 0;
    AMPS_RETURN_IF_ERROR(file->read_at(filled, out->data() + filled, kReadStepBytes, &got));
    out->resize(filled + got);
    if (out->size() > size_max) {
      return {AMPS_E_STORE, "file '" + path + "' exceeds limit of " + std::to_string(size_max) + " bytes"};
    }
    if (got < kReadStepBytes) return {};
  }
}

}  // namespace amps

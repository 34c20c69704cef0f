// SPDX-License-Identifier: Apache-2.0
// All file access: the real one, and in tests ones that fail, record or forget unsynced writes.
// Threads: any; one file is used by one thread at a time. Blocks: as the system calls do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace amps {

class File {
 public:
  virtual ~File() = default;  // Closes.
  virtual Status read_at(std::uint64_t offset, char* to, std::size_t size, std::size_t* got) = 0;
  virtual Status write_at(std::uint64_t offset, std::string_view bytes) = 0;  // All of them or a failure.
  virtual Status sync_data() = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  // Makes the file at least this long and reserves the room on the disk; new bytes are zero.
  virtual Status allocate(std::uint64_t size) = 0;
  virtual Status size(std::uint64_t* out) const = 0;
};

enum class OpenMode {
  kRead,
  kReadWrite,
  kCreate
};  // kCreate: opens or makes, mode 0600, never follows a link.

// Held until it goes. Ends with the process, however that ends.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

class FileIo {
 public:
  virtual ~FileIo() = default;
  virtual Status open(const std::string& path, OpenMode mode, std::unique_ptr<File>* out) = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status sync_directory(const std::string& path) = 0;
  virtual Status make_directory(const std::string& path) = 0;  // And those above it. Success: it is there.
  virtual Status list(const std::string& directory, std::vector<std::string>* names) = 0;  // Unordered.
  // Fails at once when this or another process holds it. The lock is a file named `lock` in the directory.
  virtual Status lock(const std::string& directory, std::unique_ptr<DirectoryLock>* out) = 0;
};

// True for a failure that freeing space on the disk may cure.
bool is_disk_full(const Status& status) noexcept;
// The file system. Threads: any.
FileIo& system_file_io() noexcept;
// A whole text file, at most `size_max` bytes.
Status read_file(FileIo& io, const std::string& path, std::size_t size_max, std::string* out);

}  // namespace amps

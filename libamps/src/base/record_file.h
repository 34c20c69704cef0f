// SPDX-License-Identifier: Apache-2.0
// A file of records that only grows, until a file with less in it takes its place.
//
//   head    magic, salt, CRC-32C of both
//   record  salt, number, size, CRC-32C of number, size and payload; payload of `size` bytes
//
// The first record says whose file it is. Records are numbered upwards. So a bad record with a good one
// behind it is damage, and one with nothing good behind it is a write that was cut short. The salt is drawn
// for each file, so that nobody can make a payload that passes for a record.
// Threads: one at a time. Blocks: as the file does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/file_io.h"
#include "base/status.h"

namespace amps {

struct RecordFileKind {
  std::string_view magic;  // Eight bytes.
  std::string_view what;   // For texts: "a file of a SOW topic".
  std::string_view owner;  // For texts: whose file it may be instead, "another topic or of other keys".
};

std::string directory_of(const std::string& path);  // "." when the path names none.
// AMPS_E_STORE: the file at the path is damaged.
Status damaged(const std::string& path, std::uint64_t offset, std::string_view what);

// Numbers of a payload, as this machine has them.
template <typename T>
void append_number(Buffer* out, T value) {
  std::memcpy(out->extend(sizeof value), &value, sizeof value);
}
template <typename T>
T number_at(std::string_view bytes, std::size_t at) noexcept {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

class RecordFile {
 public:
  using Visitor = std::function<Status(std::string_view payload, std::uint64_t offset)>;

  // Reads every record of an existing file, or makes a file. `about` says whose it is, and has to be what the
  // file says. `cut_bytes` is what was cut off its end. Fails with AMPS_E_STORE; the text names file and
  // offset.
  static Status open(FileIo* io, const std::string& path, const RecordFileKind& kind,
                     const std::string& about, const Visitor& visit, std::unique_ptr<RecordFile>* out,
                     std::uint64_t* cut_bytes);
  // Makes an empty file in place of whatever is there.
  static Status make(FileIo* io, const std::string& path, const RecordFileKind& kind,
                     const std::string& about, std::unique_ptr<RecordFile>* out);

  // Writes a record at the end. After a failure nothing may be written before undo() went well.
  Status write(std::string_view payload);
  Status undo() { return file_->truncate(size_); }
  Status sync() { return file_->sync_data(); }
  // Writes the records of another file from `offset` on, where one begins.
  Status copy_from(RecordFile* other, std::uint64_t offset);
  std::uint64_t size() const noexcept { return size_; }
  const std::string& path() const noexcept { return path_; }
  void set_path(std::string path) { path_ = std::move(path); }  // It was renamed.

 private:
  RecordFile(std::string path, const RecordFileKind& kind, std::unique_ptr<File> file)
      : path_(std::move(path)), kind_(kind), file_(std::move(file)) {}
  enum class Record { kGood, kBad, kEnd };
  Status write_head(const std::string& about);
  Status read_head();
  Status load(const std::string& about, const Visitor& visit, std::uint64_t* cut_bytes);
  Status read_exactly(std::uint64_t offset, std::size_t size, Buffer* out) const;
  Status read_record(std::uint64_t offset, std::uint64_t number_min, Record* found, Buffer* payload,
                     std::uint64_t* number) const;
  Status find_record_after(std::uint64_t offset, std::uint64_t number_min, bool* found) const;

  std::string path_;
  const RecordFileKind kind_;
  std::unique_ptr<File> file_;
  std::uint64_t salt_ = 0;
  std::uint64_t number_ = 0;  // Of the last record.
  std::uint64_t size_ = 0;    // Up to the end of the last record.
  Buffer record_;
};

}  // namespace amps

// SPDX-License-Identifier: Apache-2.0
#include "base/record_file.h"

#include <random>

#include "base/crc32c.h"

namespace amps {

namespace {

constexpr std::size_t kHeadBytes = 20;    // Magic, salt, checksum.
constexpr std::size_t kRecordBytes = 24;  // Salt, number, size, checksum.
constexpr std::uint32_t kPayloadBytesMax = 1u << 30;
constexpr std::size_t kSearchBytes = 1u << 20;  // Read at a time when looking for a record.

std::uint64_t draw_salt() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

// Over number and size, then the payload.
std::uint32_t record_checksum(std::string_view head, std::string_view payload) noexcept {
  return crc32c(payload, crc32c(head.substr(8, 12)));
}

}  // namespace

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status damaged(const std::string& path, std::uint64_t offset, std::string_view what) {
  return Status(AMPS_E_STORE,
                path + ": damaged at offset " + std::to_string(offset) + ": " + std::string(what));
}

Status RecordFile::make(FileIo* io, const std::string& path, const RecordFileKind& kind,
                        const std::string& about, std::unique_ptr<RecordFile>* out) {
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(io->open(path, OpenMode::kCreate, &file));
  AMPS_RETURN_IF_ERROR(file->truncate(0));
  out->reset(new RecordFile(path, kind, std::move(file)));
  return (*out)->write_head(about);
}

Status RecordFile::open(FileIo* io, const std::string& path, const RecordFileKind& kind,
                        const std::string& about, const Visitor& visit, std::unique_ptr<RecordFile>* out,
                        std::uint64_t* cut_bytes) {
  *cut_bytes = 0;
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(io->open(path, OpenMode::kCreate, &file));
  std::uint64_t size = 0;
  AMPS_RETURN_IF_ERROR(file->size(&size));
  out->reset(new RecordFile(path, kind, std::move(file)));
  if (size != 0) return (*out)->load(about, visit, cut_bytes);
  AMPS_RETURN_IF_ERROR((*out)->write_head(about));
  AMPS_RETURN_IF_ERROR((*out)->sync());
  return io->sync_directory(directory_of(path));
}

Status RecordFile::write_head(const std::string& about) {
  salt_ = draw_salt();
  Buffer head;
  head.append(kind_.magic);
  append_number(&head, salt_);
  append_number(&head, crc32c(head.view()));
  AMPS_RETURN_IF_ERROR(file_->write_at(0, head.view()));
  size_ = head.size();
  return write(about);
}

Status RecordFile::write(std::string_view payload) {
  record_.clear();
  append_number(&record_, salt_);
  append_number(&record_, number_ + 1);
  append_number(&record_, static_cast<std::uint32_t>(payload.size()));
  append_number(&record_, record_checksum(record_.view(), payload));
  record_.append(payload);
  AMPS_RETURN_IF_ERROR(file_->write_at(size_, record_.view()));
  record_.shrink(kSearchBytes);
  size_ += kRecordBytes + payload.size();
  ++number_;
  return {};
}

Status RecordFile::copy_from(RecordFile* other, std::uint64_t offset) {
  Buffer payload;
  std::uint64_t number = 0;
  while (offset < other->size_) {
    Record kind = Record::kBad;
    AMPS_RETURN_IF_ERROR(other->read_record(offset, 0, &kind, &payload, &number));
    if (kind != Record::kGood) return damaged(other->path_, offset, "record cannot be read again");
    AMPS_RETURN_IF_ERROR(write(payload.view()));
    offset += kRecordBytes + payload.size();
  }
  return {};
}

// Reading.

Status RecordFile::read_exactly(std::uint64_t offset, std::size_t size, Buffer* out) const {
  out->clear();
  std::size_t got = 0;
  AMPS_RETURN_IF_ERROR(file_->read_at(offset, out->extend(size), size, &got));
  out->truncate(got);
  return {};
}

Status RecordFile::read_record(std::uint64_t offset, std::uint64_t number_min, Record* kind, Buffer* payload,
                               std::uint64_t* number) const {
  *kind = Record::kBad;
  Buffer head;
  AMPS_RETURN_IF_ERROR(read_exactly(offset, kRecordBytes, &head));
  if (head.empty()) *kind = Record::kEnd;
  if (head.size() < kRecordBytes || number_at<std::uint64_t>(head.view(), 0) != salt_) return {};
  *number = number_at<std::uint64_t>(head.view(), 8);
  const auto size = number_at<std::uint32_t>(head.view(), 16);
  if (*number < number_min || size > kPayloadBytesMax) return {};
  std::uint64_t file_size = 0;
  AMPS_RETURN_IF_ERROR(file_->size(&file_size));
  if (size > file_size - offset - kRecordBytes) return {};  // Never allocate from a length that cannot be.
  AMPS_RETURN_IF_ERROR(read_exactly(offset + kRecordBytes, size, payload));
  if (payload->size() != size) return {};
  if (number_at<std::uint32_t>(head.view(), 20) == record_checksum(head.view(), payload->view()))
    *kind = Record::kGood;
  return {};
}

Status RecordFile::find_record_after(std::uint64_t offset, std::uint64_t number_min, bool* found) const {
  *found = false;
  const std::string_view salt(reinterpret_cast<const char*>(&salt_), sizeof salt_);
  Buffer window;
  Buffer payload;
  for (;; offset += kSearchBytes) {
    AMPS_RETURN_IF_ERROR(read_exactly(offset, kSearchBytes + salt.size() - 1, &window));
    for (std::size_t at = 0; (at = window.view().find(salt, at)) != std::string_view::npos; ++at) {
      Record kind = Record::kBad;
      std::uint64_t number = 0;
      AMPS_RETURN_IF_ERROR(read_record(offset + at, number_min, &kind, &payload, &number));
      *found = kind == Record::kGood;
      if (*found) return {};
    }
    if (window.size() <= kSearchBytes) return {};
  }
}

Status RecordFile::read_head() {
  Buffer head;
  AMPS_RETURN_IF_ERROR(read_exactly(0, kHeadBytes, &head));
  if (head.size() < kHeadBytes || head.view().substr(0, kind_.magic.size()) != kind_.magic) {
    return damaged(path_, 0, "this is not " + std::string(kind_.what));
  }
  if (number_at<std::uint32_t>(head.view(), 16) != crc32c(head.view().substr(0, 16))) {
    return damaged(path_, 0, "the checksum of the head is wrong");
  }
  salt_ = number_at<std::uint64_t>(head.view(), 8);
  size_ = kHeadBytes;
  return {};
}

Status RecordFile::load(const std::string& about, const Visitor& visit, std::uint64_t* cut_bytes) {
  std::uint64_t file_size = 0;
  AMPS_RETURN_IF_ERROR(file_->size(&file_size));
  if (file_size < kHeadBytes + kRecordBytes + about.size()) {
    // The very first write was cut short, so nothing was ever acknowledged; unless the file is not ours.
    Buffer bytes;
    AMPS_RETURN_IF_ERROR(read_exactly(0, file_size, &bytes));
    const std::string_view begin = bytes.view().substr(0, kind_.magic.size());
    const bool is_zero = bytes.view().find_first_not_of('\0') == std::string_view::npos;
    if (!is_zero && begin != kind_.magic.substr(0, begin.size())) {
      return damaged(path_, 0, "this is not " + std::string(kind_.what));
    }
    *cut_bytes = file_size;
    AMPS_RETURN_IF_ERROR(file_->truncate(0));
    AMPS_RETURN_IF_ERROR(write_head(about));
    return sync();
  }
  AMPS_RETURN_IF_ERROR(read_head());
  Buffer payload;
  for (;;) {
    Record kind = Record::kBad;
    std::uint64_t number = 0;
    AMPS_RETURN_IF_ERROR(read_record(size_, number_ + 1, &kind, &payload, &number));
    if (kind == Record::kEnd) return {};
    if (kind == Record::kBad) break;
    if (number_ == 0 && payload.view() != about) {
      return Status(AMPS_E_STORE, path_ + " is the file of " + std::string(kind_.owner) + ": " +
                                      std::string(payload.view()) + " instead of " + about);
    }
    if (number_ != 0) AMPS_RETURN_IF_ERROR(visit(payload.view(), size_));
    number_ = number;
    size_ += kRecordBytes + payload.size();
  }
  bool found = false;
  AMPS_RETURN_IF_ERROR(find_record_after(size_ + 1, number_ + 1, &found));
  if (found || number_ == 0)
    return damaged(path_, size_, "a record with a wrong checksum, and good ones behind it");
  *cut_bytes = file_size - size_;
  AMPS_RETURN_IF_ERROR(file_->truncate(size_));
  return sync();
}

}  // namespace amps

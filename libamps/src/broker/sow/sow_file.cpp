// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_file.h"

#include <cstring>
#include <random>

#include "base/crc32c.h"

namespace amps::broker {

namespace {

constexpr std::string_view kMagic = "AMPSSOW1";
constexpr std::size_t kHeadBytes = 20;   // Magic, salt, checksum.
constexpr std::size_t kBatchBytes = 24;  // Salt, number, size, checksum.
constexpr std::uint32_t kBatchSizeBytesMax = 1u << 30;
constexpr std::size_t kSearchBytes = 1u << 20;  // Read at a time when looking for a batch.
constexpr std::size_t kChangeBytes = 1 + 3 * 8 + 3 * 4;

template <typename T>
void put(Buffer* out, T value) {
  std::memcpy(out->extend(sizeof value), &value, sizeof value);
}

template <typename T>
T get(std::string_view bytes, std::size_t at) noexcept {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint64_t draw_salt() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

// Over number and size, then the payload.
std::uint32_t batch_checksum(std::string_view head, std::string_view payload) noexcept {
  return crc32c(payload, crc32c(head.substr(8, 12)));
}

}  // namespace

void append_change(Buffer* out, const SavedChange& change) {
  put<std::uint8_t>(out, change.removes ? 1 : 0);
  put(out, change.timestamp_us);
  put(out, change.expires_us);
  put(out, change.txid);
  put(out, static_cast<std::uint32_t>(change.key.size()));
  put(out, static_cast<std::uint32_t>(change.correlation_id.size()));
  put(out, static_cast<std::uint32_t>(change.body.size()));
  out->append(change.key);
  out->append(change.correlation_id);
  out->append(change.body);
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status SowFile::damaged(std::uint64_t offset, const char* what) const {
  return Status(AMPS_E_STORE, path_ + ": damaged at offset " + std::to_string(offset) + ": " + what);
}

Status SowFile::make(FileIo* io, const std::string& path, const std::string& about,
                     std::unique_ptr<SowFile>* out) {
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(io->open(path, OpenMode::kCreate, &file));
  AMPS_RETURN_IF_ERROR(file->truncate(0));
  out->reset(new SowFile(path, std::move(file)));
  return (*out)->write_head(about);
}

Status SowFile::open(FileIo* io, const std::string& path, const std::string& about, const Visitor& visit,
                     std::unique_ptr<SowFile>* out, std::uint64_t* cut_bytes) {
  *cut_bytes = 0;
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(io->open(path, OpenMode::kCreate, &file));
  std::uint64_t size = 0;
  AMPS_RETURN_IF_ERROR(file->size(&size));
  out->reset(new SowFile(path, std::move(file)));
  if (size != 0) return (*out)->load(about, visit, cut_bytes);
  AMPS_RETURN_IF_ERROR((*out)->write_head(about));
  AMPS_RETURN_IF_ERROR((*out)->sync());
  return io->sync_directory(directory_of(path));
}

Status SowFile::write_head(const std::string& about) {
  salt_ = draw_salt();
  Buffer head;
  head.append(kMagic);
  put(&head, salt_);
  put(&head, crc32c(head.view()));
  AMPS_RETURN_IF_ERROR(file_->write_at(0, head.view()));
  size_ = head.size();
  return write(about);
}

Status SowFile::write(std::string_view changes) {
  batch_.clear();
  put(&batch_, salt_);
  put(&batch_, number_ + 1);
  put(&batch_, static_cast<std::uint32_t>(changes.size()));
  put(&batch_, batch_checksum(batch_.view(), changes));
  batch_.append(changes);
  AMPS_RETURN_IF_ERROR(file_->write_at(size_, batch_.view()));
  batch_.shrink(kSearchBytes);
  size_ += kBatchBytes + changes.size();
  ++number_;
  return {};
}

Status SowFile::copy_from(SowFile* other, std::uint64_t offset) {
  Buffer payload;
  std::uint64_t number = 0;
  while (offset < other->size_) {
    Batch kind = Batch::kBad;
    AMPS_RETURN_IF_ERROR(other->read_batch(offset, 0, &kind, &payload, &number));
    if (kind != Batch::kGood) return other->damaged(offset, "batch cannot be read again");
    AMPS_RETURN_IF_ERROR(write(payload.view()));
    offset += kBatchBytes + payload.size();
  }
  return {};
}

// Reading.

Status SowFile::read_exactly(std::uint64_t offset, std::size_t size, Buffer* out) const {
  out->clear();
  std::size_t got = 0;
  AMPS_RETURN_IF_ERROR(file_->read_at(offset, out->extend(size), size, &got));
  out->truncate(got);
  return {};
}

Status SowFile::read_batch(std::uint64_t offset, std::uint64_t number_min, Batch* kind, Buffer* payload,
                           std::uint64_t* number) const {
  *kind = Batch::kBad;
  Buffer head;
  AMPS_RETURN_IF_ERROR(read_exactly(offset, kBatchBytes, &head));
  if (head.empty()) *kind = Batch::kEnd;
  if (head.size() < kBatchBytes || get<std::uint64_t>(head.view(), 0) != salt_) return {};
  *number = get<std::uint64_t>(head.view(), 8);
  const auto size = get<std::uint32_t>(head.view(), 16);
  if (*number < number_min || size > kBatchSizeBytesMax) return {};
  std::uint64_t file_size = 0;
  AMPS_RETURN_IF_ERROR(file_->size(&file_size));
  if (size > file_size - offset - kBatchBytes) return {};  // Never allocate from a length that cannot be.
  AMPS_RETURN_IF_ERROR(read_exactly(offset + kBatchBytes, size, payload));
  if (payload->size() != size) return {};
  if (get<std::uint32_t>(head.view(), 20) == batch_checksum(head.view(), payload->view()))
    *kind = Batch::kGood;
  return {};
}

Status SowFile::find_batch_after(std::uint64_t offset, std::uint64_t number_min, bool* found) const {
  *found = false;
  const std::string_view salt(reinterpret_cast<const char*>(&salt_), sizeof salt_);
  Buffer window;
  Buffer payload;
  for (;; offset += kSearchBytes) {
    AMPS_RETURN_IF_ERROR(read_exactly(offset, kSearchBytes + salt.size() - 1, &window));
    for (std::size_t at = 0; (at = window.view().find(salt, at)) != std::string_view::npos; ++at) {
      Batch kind = Batch::kBad;
      std::uint64_t number = 0;
      AMPS_RETURN_IF_ERROR(read_batch(offset + at, number_min, &kind, &payload, &number));
      *found = kind == Batch::kGood;
      if (*found) return {};
    }
    if (window.size() <= kSearchBytes) return {};
  }
}

Status SowFile::read_head() {
  Buffer head;
  AMPS_RETURN_IF_ERROR(read_exactly(0, kHeadBytes, &head));
  if (head.size() < kHeadBytes || head.view().substr(0, kMagic.size()) != kMagic) {
    return damaged(0, "this is not a file of a SOW topic");
  }
  if (get<std::uint32_t>(head.view(), 16) != crc32c(head.view().substr(0, 16))) {
    return damaged(0, "the checksum of the head is wrong");
  }
  salt_ = get<std::uint64_t>(head.view(), 8);
  size_ = kHeadBytes;
  return {};
}

Status SowFile::load(const std::string& about, const Visitor& visit, std::uint64_t* cut_bytes) {
  std::uint64_t file_size = 0;
  AMPS_RETURN_IF_ERROR(file_->size(&file_size));
  if (file_size < kHeadBytes + kBatchBytes + about.size()) {
    // The very first write was cut short, so nothing was ever acknowledged; unless the file is not ours.
    Buffer bytes;
    AMPS_RETURN_IF_ERROR(read_exactly(0, file_size, &bytes));
    const std::string_view begin = bytes.view().substr(0, kMagic.size());
    const bool is_zero = bytes.view().find_first_not_of('\0') == std::string_view::npos;
    if (!is_zero && begin != kMagic.substr(0, begin.size())) {
      return damaged(0, "this is not a file of a SOW topic");
    }
    *cut_bytes = file_size;
    AMPS_RETURN_IF_ERROR(file_->truncate(0));
    AMPS_RETURN_IF_ERROR(write_head(about));
    return sync();
  }
  AMPS_RETURN_IF_ERROR(read_head());
  Buffer payload;
  for (;;) {
    Batch kind = Batch::kBad;
    std::uint64_t number = 0;
    AMPS_RETURN_IF_ERROR(read_batch(size_, number_ + 1, &kind, &payload, &number));
    if (kind == Batch::kEnd) return {};
    if (kind == Batch::kBad) break;
    if (number_ == 0 && payload.view() != about) {
      return Status(AMPS_E_STORE, path_ + " is the file of another topic or of other keys: " +
                                      std::string(payload.view()) + " instead of " + about);
    }
    if (number_ != 0) AMPS_RETURN_IF_ERROR(visit_changes(payload.view(), size_, visit));
    number_ = number;
    size_ += kBatchBytes + payload.size();
  }
  bool found = false;
  AMPS_RETURN_IF_ERROR(find_batch_after(size_ + 1, number_ + 1, &found));
  if (found || number_ == 0) return damaged(size_, "a batch with a wrong checksum, and good ones behind it");
  *cut_bytes = file_size - size_;
  AMPS_RETURN_IF_ERROR(file_->truncate(size_));
  return sync();
}

Status SowFile::visit_changes(std::string_view payload, std::uint64_t offset, const Visitor& visit) const {
  while (!payload.empty()) {
    if (payload.size() < kChangeBytes) return damaged(offset, "a change is cut short inside its batch");
    SavedChange change;
    change.removes = payload[0] != 0;
    change.timestamp_us = get<std::uint64_t>(payload, 1);
    change.expires_us = get<std::uint64_t>(payload, 9);
    change.txid = get<std::uint64_t>(payload, 17);
    const std::uint64_t key_size = get<std::uint32_t>(payload, 25);
    const std::uint64_t correlation_size = get<std::uint32_t>(payload, 29);
    const std::uint64_t body_size = get<std::uint32_t>(payload, 33);
    payload.remove_prefix(kChangeBytes);
    if (key_size + correlation_size + body_size > payload.size()) {
      return damaged(offset, "a change is longer than its batch");
    }
    change.key = payload.substr(0, key_size);
    change.correlation_id = payload.substr(key_size, correlation_size);
    change.body = payload.substr(key_size + correlation_size, body_size);
    payload.remove_prefix(key_size + correlation_size + body_size);
    AMPS_RETURN_IF_ERROR(visit(change));
  }
  return {};
}

}  // namespace amps::broker

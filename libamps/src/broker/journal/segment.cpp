// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/segment.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/crc32c.h"
#include "base/decimal.h"

namespace amps::broker {
namespace {

constexpr std::string_view kSuffix = ".journal";
constexpr std::size_t kDigits = 10;
constexpr std::uint32_t kVersion = 1;
constexpr char kMagic[8] = {'A', 'M', 'P', 'S', 'J', 'R', 'N', 'L'};
constexpr std::size_t kWindowBytes = 1u << 20;
constexpr std::uint64_t kSectorBytes = 512;  // What a disk writes whole or not at all.

struct FileHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t checksum;  // Of what follows.
  std::uint64_t number;
  std::uint32_t salt;
  std::uint32_t zero[9];
};
static_assert(sizeof(FileHeader) == kSegmentHeaderBytes);

std::uint32_t checksum_of(const FileHeader& header) noexcept {
  constexpr std::size_t kFrom = offsetof(FileHeader, number);
  return crc32c({reinterpret_cast<const char*>(&header) + kFrom, sizeof header - kFrom}, header.version);
}

Status damaged(const std::string& path, const char* what) {
  return {AMPS_E_STORE, "journal file '" + path + "': " + what};
}

bool is_zero(std::string_view bytes) noexcept {
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

std::string segment_name(std::string_view instance, std::uint64_t number) {
  char digits[24];
  std::snprintf(digits, sizeof digits, ".%010llu", static_cast<unsigned long long>(number));
  return std::string(instance) + digits + std::string(kSuffix);
}

std::optional<std::uint64_t> segment_number(std::string_view instance, std::string_view name) noexcept {
  if (name.size() != instance.size() + 1 + kDigits + kSuffix.size()) return {};
  if (name.substr(0, instance.size()) != instance || name[instance.size()] != '.') return {};
  if (name.substr(name.size() - kSuffix.size()) != kSuffix) return {};
  const auto number = parse_decimal(name.substr(instance.size() + 1, kDigits));
  return number && *number != 0 ? number : std::nullopt;
}

Status make_segment(FileIo& io, const std::string& directory, std::string_view instance,
                    const SegmentHeader& header, std::uint64_t size_bytes) {
  FileHeader bytes{};
  std::memcpy(bytes.magic, kMagic, sizeof kMagic);
  bytes.version = kVersion;
  bytes.number = header.number;
  bytes.salt = header.salt;
  bytes.checksum = checksum_of(bytes);
  const std::string path = directory + "/" + segment_name(instance, header.number);
  const std::string unfinished = path + ".tmp";
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(io.open(unfinished, OpenMode::kCreate, &file));
  AMPS_RETURN_IF_ERROR(file->truncate(0));
  if (Status status = file->allocate(size_bytes); !status.ok()) {
    file.reset();
    static_cast<void>(io.remove(unfinished));  // Gives back what there was room for.
    return {AMPS_E_STORE, status.text() + " (" + std::to_string(size_bytes) + " bytes)", status.reason()};
  }
  AMPS_RETURN_IF_ERROR(file->write_at(0, {reinterpret_cast<const char*>(&bytes), sizeof bytes}));
  AMPS_RETURN_IF_ERROR(file->sync_data());
  AMPS_RETURN_IF_ERROR(io.rename(unfinished, path));
  return io.sync_directory(directory);
}

Status read_segment_header(File& file, const std::string& path, SegmentHeader* out) {
  FileHeader bytes{};
  std::size_t got = 0;
  AMPS_RETURN_IF_ERROR(file.read_at(0, reinterpret_cast<char*>(&bytes), sizeof bytes, &got));
  if (got != sizeof bytes || std::memcmp(bytes.magic, kMagic, sizeof kMagic) != 0) {
    return damaged(path, "damaged at offset 0: not the header of a journal");
  }
  if (bytes.checksum != checksum_of(bytes)) return damaged(path, "damaged at offset 0: header checksum");
  if (bytes.version != kVersion) {
    return damaged(path, ("format version " + std::to_string(bytes.version) + " is unknown").c_str());
  }
  *out = {bytes.number, bytes.salt};
  return {};
}

SegmentScanner::SegmentScanner(File* file, std::string path, std::uint32_t salt)
    : file_(file), path_(std::move(path)), salt_(salt) {}

Status SegmentScanner::seek(std::uint64_t offset) {
  offset_ = offset;
  buffer_.clear();
  return file_->size(&file_bytes_);
}

std::string_view SegmentScanner::window(std::uint64_t offset) const noexcept {
  if (offset < buffer_offset_ || offset >= buffer_offset_ + buffer_.size()) return {};
  return buffer_.view().substr(static_cast<std::size_t>(offset - buffer_offset_));
}

Status SegmentScanner::fill(std::uint64_t offset, std::size_t size) {
  if (offset >= file_bytes_) {
    buffer_.clear();
    return {};
  }
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, file_bytes_ - offset));
  if (window(offset).size() >= size) return {};
  buffer_.clear();
  buffer_offset_ = offset;
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(std::max(size, kWindowBytes), file_bytes_ - offset));
  std::size_t got = 0;
  Status status = file_->read_at(offset, buffer_.extend(wanted), wanted, &got);
  buffer_.truncate(status.ok() ? got : 0);
  return status;
}

Status SegmentScanner::next(RecordState* state, JournalRecord* out) {
  AMPS_RETURN_IF_ERROR(fill(offset_, kRecordHeaderBytes));
  *state = decode_record(window(offset_), salt_, out, &size_);
  if (*state == RecordState::kCut && offset_ + size_ <= file_bytes_) {
    AMPS_RETURN_IF_ERROR(fill(offset_, size_));
    *state = decode_record(window(offset_), salt_, out, &size_);
  }
  // A file that is full ends without zeros.
  if (*state == RecordState::kCut) {
    *state = is_zero(window(offset_)) ? RecordState::kEnd : RecordState::kDamaged;
  }
  if (*state == RecordState::kGood) offset_ += size_;
  return {};
}

Status SegmentScanner::find_batch_after(std::uint64_t offset, bool* found, std::uint64_t* at,
                                        BatchMark* mark) {
  *found = false;
  const std::uint64_t first = offset - offset % kRecordAlignment + kRecordAlignment;
  for (std::uint64_t here = first; here + kRecordHeaderBytes <= file_bytes_; here += kRecordAlignment) {
    AMPS_RETURN_IF_ERROR(fill(here, kRecordHeaderBytes));
    const std::string_view bytes = window(here).substr(0, kRecordHeaderBytes);
    JournalRecord record;
    std::size_t size = 0;
    if (decode_record(bytes, salt_, &record, &size) != RecordState::kGood) continue;
    if (record.kind != RecordKind::kBatch) continue;
    *found = true;
    *at = here;
    *mark = batch_of(record);
    return {};
  }
  return {};
}

Status SegmentScanner::has_empty_sector(std::uint64_t from, std::uint64_t to, bool* out) {
  *out = to > file_bytes_;  // The file was cut short.
  to = std::min(to, file_bytes_);
  for (std::uint64_t begin = from; begin < to && !*out;) {
    const std::uint64_t end = std::min(to, begin - begin % kSectorBytes + kSectorBytes);
    const auto size = static_cast<std::size_t>(end - begin);
    AMPS_RETURN_IF_ERROR(fill(begin, size));
    *out = is_zero(window(begin).substr(0, size));
    begin = end;
  }
  return {};
}

Status SegmentScanner::end_of_bytes_after(std::uint64_t offset, std::uint64_t* out) {
  *out = offset;
  while (offset < file_bytes_) {
    AMPS_RETURN_IF_ERROR(fill(offset, 1));
    const std::string_view bytes = window(offset);
    if (bytes.empty()) return damaged(path_, "became shorter while it was read");
    if (!is_zero(bytes)) *out = offset + bytes.find_last_not_of('\0') + 1;
    offset += bytes.size();
  }
  return {};
}

}  // namespace amps::broker

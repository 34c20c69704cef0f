// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/segment_writer.h"

#include <algorithm>
#include <utility>

#include "base/random_hash.h"

namespace amps::broker {
namespace {

std::uint32_t random_salt(std::uint64_t number) noexcept {
  return static_cast<std::uint32_t>(
      sip_hash(process_hash_key(), {reinterpret_cast<const char*>(&number), sizeof number}));
}

// Completes what was only known now: the mark of the batch, and every checksum.
void seal(TailPiece* first, std::size_t count, std::uint64_t synced, std::uint32_t salt) noexcept {
  std::uint64_t batch_bytes = 0;
  for (std::size_t i = 0; i < count; ++i) batch_bytes += first[i].size;
  complete_batch(first->data(), synced, batch_bytes);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t at = 0; at < first[i].size;) at += seal_record(first[i].data() + at, salt);
  }
}

}  // namespace

Status SegmentWriter::noted(Status status, bool is_final) noexcept {
  failed_ = failed_ || (!status.ok() && is_final);
  return status;
}

Status SegmentWriter::open(const RecoveredLog& log) {
  spares_.assign(log.spares.begin(), log.spares.end());
  if (const auto info = catalog_.find(log.end.position.segment)) {
    AMPS_RETURN_IF_ERROR(place_.io->open(info->path, OpenMode::kReadWrite, &file_));
    header_ = {info->number, info->salt};
    written_ = synced_ = log.end.position.offset;
  }
  return prepare_spares();
}

Status SegmentWriter::prepare_spares() {
  while (spares_.size() < place_.spare_count) {
    SegmentHeader header;
    header.number = (spares_.empty() ? header_.number : spares_.back().number) + 1;
    header.salt = random_salt(header.number);
    AMPS_RETURN_IF_ERROR(
        make_segment(*place_.io, place_.directory, place_.instance, header, place_.segment_bytes));
    spares_.push_back(header);
  }
  return {};
}

Status SegmentWriter::sync() {
  if (file_ == nullptr || synced_ == written_) return {};
  // Never tried again: the system may report the loss once only, and then forget what it has lost.
  AMPS_RETURN_IF_ERROR(noted(file_->sync_data(), true));
  synced_ = written_;
  return {};
}

Status SegmentWriter::switch_to(std::uint64_t segment) {
  AMPS_RETURN_IF_ERROR(sync());
  if (spares_.empty()) {
    SegmentHeader header{segment, random_salt(segment)};
    AMPS_RETURN_IF_ERROR(
        make_segment(*place_.io, place_.directory, place_.instance, header, place_.segment_bytes));
    spares_.push_back(header);
  }
  const std::string path = place_.directory + "/" + segment_name(place_.instance, segment);
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(place_.io->open(path, OpenMode::kReadWrite, &file));
  AMPS_RETURN_IF_ERROR(file->allocate(place_.segment_bytes));  // It may be of a time of smaller ones.
  file_ = std::move(file);
  header_ = spares_.front();
  spares_.pop_front();
  written_ = synced_ = kSegmentHeaderBytes;
  catalog_.add(header_, path, false);
  return {};
}

Status SegmentWriter::write_run(TailPiece* first, std::size_t count, bool sync_now) {
  seal(first, count, synced_, header_.salt);
  for (std::size_t i = 0; i < count; ++i) {
    Status status = file_->write_at(first[i].begin().offset, first[i].bytes());
    const bool may_pass = is_disk_full(status);
    AMPS_RETURN_IF_ERROR(noted(std::move(status), !may_pass));
  }
  written_ = first[count - 1].begin().offset + first[count - 1].size;
  if (sync_now) AMPS_RETURN_IF_ERROR(sync());
  for (std::size_t i = 0; i < count; ++i) catalog_.add_records(header_.number, first[i].bytes());
  return {};
}

Status SegmentWriter::write(std::vector<TailPiece>* pieces, bool sync_now) {
  while (!pieces->empty()) {
    const std::uint64_t segment = pieces->front().begin().segment;
    if (segment != header_.number) AMPS_RETURN_IF_ERROR(switch_to(segment));
    const auto end = std::find_if(pieces->begin(), pieces->end(), [segment](const TailPiece& piece) {
      return piece.begin().segment != segment;
    });
    AMPS_RETURN_IF_ERROR(
        write_run(pieces->data(), static_cast<std::size_t>(end - pieces->begin()), sync_now));
    pieces->erase(pieces->begin(), end);
  }
  return {};
}

}  // namespace amps::broker

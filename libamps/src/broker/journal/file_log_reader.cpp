// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/file_log_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker/journal/file_journal.h"

namespace amps::broker {
namespace {

constexpr std::size_t kReadStepBytes = 64u << 10;  // What an event loop may have to wait for at a time.

}  // namespace

FileLogReader::FileLogReader(FileJournal* journal) : journal_(*journal) {
  journal_.add_hold(this);
}

FileLogReader::~FileLogReader() {
  journal_.remove_hold(this);
}

void FileLogReader::move_to(LogPosition position) noexcept {
  position_ = position;
  segment_.store(position.segment, std::memory_order_relaxed);
}

void FileLogReader::seek(LogPosition position) {
  rest_ = {};
  move_to(position);
}

std::uint64_t FileLogReader::oldest_needed_txid() {
  const std::uint64_t segment = segment_.load(std::memory_order_relaxed);
  if (segment == 0) return UINT64_MAX;
  const auto info = journal_.catalog_.find(segment);
  // The first record of what follows is not needed less.
  return info && info->first_txid != 0 ? info->first_txid : UINT64_MAX;
}

Status FileLogReader::next(LogPosition limit, bool* found, JournalRecord* out) {
  *found = false;
  while (position_ < limit) {
    if (rest_.empty()) AMPS_RETURN_IF_ERROR(load(limit));
    if (rest_.empty()) break;
    AMPS_RETURN_IF_ERROR(take(found, out));
    if (*found) break;
  }
  return {};
}

// One record off rest_; not found when it is one of the journal's own.
Status FileLogReader::take(bool* found, JournalRecord* out) {
  std::size_t size = 0;
  if (is_checked_) {
    size = view_if_data(rest_.data(), found, out);
  } else {
    if (decode_record(rest_, open_.salt, out, &size) != RecordState::kGood) {
      return {AMPS_E_STORE,
              "journal file '" + open_.path + "' is damaged at offset " + std::to_string(position_.offset)};
    }
    *found = is_data(out->kind);
  }
  record_begin_ = position_;
  position_.offset += size;
  rest_.remove_prefix(size);
  return {};
}

Status FileLogReader::load(LogPosition limit) {
  while (position_ < limit) {
    bool in_memory = false;
    {
      MutexLock lock(journal_.mutex_);
      in_memory = journal_.tail_->view(position_, limit, &piece_);
    }
    if (in_memory) {
      buffer_.shrink(0);
      rest_ = piece_.bytes();
      is_checked_ = true;
    } else {
      piece_ = {};
      AMPS_RETURN_IF_ERROR(load_from_file(limit));
      is_checked_ = false;
    }
    if (!rest_.empty() || limit.segment == position_.segment) return {};
    move_to({position_.segment + 1, kSegmentHeaderBytes});  // This segment is read to its end.
  }
  return {};
}

Status FileLogReader::open_segment(const SegmentInfo& info) {
  if (open_.number == info.number) return {};
  open_ = {};
  SegmentInfo place = info;
  Status status = journal_.parts_.io->open(place.path, OpenMode::kRead, &file_);
  if (!status.ok()) {
    // It may have gone to the archive since it was looked up.
    const auto moved = journal_.catalog_.find(info.number);
    if (!moved || moved->path == place.path) return status;
    place = *moved;
    AMPS_RETURN_IF_ERROR(journal_.parts_.io->open(place.path, OpenMode::kRead, &file_));
  }
  open_ = place;
  return {};
}

Status FileLogReader::load_from_file(LogPosition limit) {
  rest_ = {};
  const auto info = journal_.catalog_.find(position_.segment);
  if (!info) {
    return {AMPS_E_STORE, "journal file " + std::to_string(position_.segment) + " was removed"};
  }
  const std::uint64_t end = limit.segment == info->number ? std::min(info->end, limit.offset) : info->end;
  if (position_.offset >= end) return {};
  AMPS_RETURN_IF_ERROR(open_segment(*info));
  std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(kReadStepBytes, end - position_.offset));
  for (;;) {
    buffer_.clear();
    std::size_t got = 0;
    AMPS_RETURN_IF_ERROR(file_->read_at(position_.offset, buffer_.extend(wanted), wanted, &got));
    buffer_.truncate(got);
    const std::size_t whole = whole_record_bytes(buffer_.view());
    rest_ = buffer_.view().substr(0, std::min(whole, got));
    if (whole <= got || got < wanted || whole > end - position_.offset) break;
    wanted = whole;  // One record that is larger than a step.
  }
  if (rest_.empty()) {
    return {AMPS_E_STORE,
            "journal file '" + open_.path + "' is damaged at offset " + std::to_string(position_.offset)};
  }
  return {};
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/recovery.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "broker/log_line.h"

namespace amps::broker {
namespace {

constexpr std::string_view kUnfinished = ".tmp";
constexpr std::uint64_t kBatchTellingBytes = 48;  // Of a kBatch record the rest is always zero.

bool ends_with(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

Status Recovery::damaged(const FoundSegment& segment, std::uint64_t offset, const char* what) const {
  return {AMPS_E_STORE,
          "journal file '" + segment.path + "' is damaged at offset " + std::to_string(offset) + ": " + what};
}

Status Recovery::run(RecoveredLog* out) {
  AMPS_RETURN_IF_ERROR(find_segments());
  AMPS_RETURN_IF_ERROR(check_sequence());
  AMPS_RETURN_IF_ERROR(load_publishers());
  if (segments_.empty()) return {};
  const auto last_used = std::find_if(segments_.rbegin(), segments_.rend(),
                                      [](const FoundSegment& segment) { return segment.is_used; });
  const auto last =
      last_used == segments_.rend() ? 0 : static_cast<std::size_t>(segments_.rend() - last_used) - 1;
  if (segments_[last].is_archived) {
    return {AMPS_E_STORE,
            "journal file '" + segments_[last].path + "' is the current one, but in the archive"};
  }
  for (std::size_t i = 0; i < last; ++i) {
    AMPS_RETURN_IF_ERROR(read_whole(segments_[i], segments_[i + 1].first_batch.previous_end));
  }
  out->end.position.segment = segments_[last].header.number;
  AMPS_RETURN_IF_ERROR(read_last(segments_[last], &out->end.position.offset));
  const LogPosition end = out->end.position;
  out->end = end_;
  out->end.position = end;
  for (std::size_t i = last + 1; i < segments_.size(); ++i) {
    std::uint64_t nothing = 0;
    AMPS_RETURN_IF_ERROR(read_last(segments_[i], &nothing));
    out->spares.push_back(segments_[i].header);
    catalog_.remove(segments_[i].header.number);
  }
  return {};
}

Status Recovery::load_publishers() {
  std::uint64_t known_txid = 0;
  const Status status = publishers_.load(*plan_.io, plan_.directory, plan_.instance, &known_txid);
  const bool has_all_records = segments_.empty() || segments_.front().header.number == 1;
  if (has_all_records && !status.ok()) {
    LogLine(*plan_.log, AMPS_LOG_WARNING, LogId::kLogRepaired)
        << status.text() << "; it is made again from the journal";
    return {};
  }
  if (!has_all_records && known_txid == 0 && status.ok()) {
    LogLine(*plan_.log, AMPS_LOG_WARNING, LogId::kLogRepaired)
        << "journal files before " << segments_.front().path
        << " were removed without a list of their publishers: what these send again is stored again";
  }
  return status;
}

Status Recovery::find_segments() {
  AMPS_RETURN_IF_ERROR(find_in(plan_.directory, false));
  if (!plan_.archive_directory.empty()) AMPS_RETURN_IF_ERROR(find_in(plan_.archive_directory, true));
  // A file that was being archived may be in both places; the original counts.
  std::stable_sort(segments_.begin(), segments_.end(),
                   [](const FoundSegment& left, const FoundSegment& right) {
                     return left.header.number < right.header.number;
                   });
  const auto same = [](const FoundSegment& left, const FoundSegment& right) {
    return left.header.number == right.header.number;
  };
  segments_.erase(std::unique(segments_.begin(), segments_.end(), same), segments_.end());
  for (FoundSegment& segment : segments_) AMPS_RETURN_IF_ERROR(examine(&segment));
  return {};
}

Status Recovery::find_in(const std::string& directory, bool is_archive) {
  std::vector<std::string> names;
  AMPS_RETURN_IF_ERROR(plan_.io->list(directory, &names));
  for (const std::string& name : names) {
    const std::string path = directory + "/" + name;
    if (ends_with(name, kUnfinished) &&
        segment_number(plan_.instance, name.substr(0, name.size() - kUnfinished.size()))) {
      AMPS_RETURN_IF_ERROR(plan_.io->remove(path));
      continue;
    }
    const auto number = segment_number(plan_.instance, name);
    if (!number) continue;
    FoundSegment segment;
    segment.header.number = *number;
    segment.path = path;
    segment.is_archived = is_archive;
    segments_.push_back(std::move(segment));
  }
  return {};
}

Status Recovery::examine(FoundSegment* segment) {
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(plan_.io->open(segment->path, OpenMode::kRead, &file));
  const std::uint64_t number = segment->header.number;
  AMPS_RETURN_IF_ERROR(read_segment_header(*file, segment->path, &segment->header));
  if (segment->header.number != number) return damaged(*segment, 0, "it has the number of another file");
  SegmentScanner scanner(file.get(), segment->path, segment->header.salt);
  AMPS_RETURN_IF_ERROR(scanner.seek(kSegmentHeaderBytes));
  RecordState state = RecordState::kEnd;
  JournalRecord record;
  AMPS_RETURN_IF_ERROR(scanner.next(&state, &record));
  segment->is_used = state == RecordState::kGood && record.kind == RecordKind::kBatch;
  if (segment->is_used) segment->first_batch = batch_of(record);
  return {};
}

Status Recovery::check_sequence() const {
  for (std::size_t i = 1; i < segments_.size(); ++i) {
    const std::uint64_t expected = segments_[i - 1].header.number + 1;
    if (segments_[i].header.number == expected) continue;
    return {AMPS_E_STORE, "journal file '" + plan_.directory + "/" + segment_name(plan_.instance, expected) +
                              "' is missing, while later ones are there"};
  }
  return {};
}

Status Recovery::read_whole(const FoundSegment& segment, std::uint64_t end) {
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(plan_.io->open(segment.path, OpenMode::kRead, &file));
  catalog_.add(segment.header, segment.path, segment.is_archived);
  SegmentScanner scanner(file.get(), segment.path, segment.header.salt);
  AMPS_RETURN_IF_ERROR(scanner.seek(kSegmentHeaderBytes));
  while (scanner.offset() < end) {
    RecordState state = RecordState::kEnd;
    JournalRecord record;
    const std::uint64_t offset = scanner.offset();
    AMPS_RETURN_IF_ERROR(scanner.next(&state, &record));
    if (state != RecordState::kGood) break;
    AMPS_RETURN_IF_ERROR(take(segment, record, offset));
    catalog_.add_record(segment.header.number, record, scanner.offset() - offset);
  }
  if (scanner.offset() == end) return {};
  return damaged(segment, scanner.offset(), "a record is not what was written");
}

Status Recovery::read_last(const FoundSegment& segment, std::uint64_t* end) {
  std::unique_ptr<File> file;
  AMPS_RETURN_IF_ERROR(plan_.io->open(segment.path, OpenMode::kReadWrite, &file));
  // A killed process leaves bytes that the disk does not have yet. From here on they count as safe, and
  // whoever is given a record may keep it.
  AMPS_RETURN_IF_ERROR(file->sync_data());
  catalog_.add(segment.header, segment.path, false);
  SegmentScanner scanner(file.get(), segment.path, segment.header.salt);
  AMPS_RETURN_IF_ERROR(scanner.seek(kSegmentHeaderBytes));
  std::uint64_t end_of_batch = 0;
  RecordState state = RecordState::kEnd;
  for (;;) {
    JournalRecord record;
    const std::uint64_t offset = *end = scanner.offset();
    AMPS_RETURN_IF_ERROR(scanner.next(&state, &record));
    if (state != RecordState::kGood) break;
    if (record.kind == RecordKind::kBatch) end_of_batch = offset + batch_of(record).batch_bytes;
    AMPS_RETURN_IF_ERROR(take(segment, record, offset));
    catalog_.add_record(segment.header.number, record, scanner.offset() - offset);
  }
  std::uint64_t end_of_bytes = *end;
  AMPS_RETURN_IF_ERROR(scanner.end_of_bytes_after(*end, &end_of_bytes));
  if (end_of_bytes == *end) return {};
  bool torn = false;
  AMPS_RETURN_IF_ERROR(is_torn(&scanner, state, end_of_batch, &torn));
  if (torn) return cut(segment, file.get(), *end, end_of_bytes);
  return damaged(segment, *end, "this was written safely, and is not what was written");
}

Status Recovery::take(const FoundSegment& segment, const JournalRecord& record, std::uint64_t offset) {
  if (record.kind == RecordKind::kPublisher) {
    publishers_.remember_name(record.bookmark.publisher, record.body);
    return {};
  }
  if (!is_data(record.kind)) return {};
  // The first record of all may have any txid: older files were removed.
  if (end_.txid != 0 && record.txid != end_.txid + 1) {
    return damaged(segment, offset, "a record is missing before it");
  }
  end_.txid = record.txid;
  end_.timestamp_us = record.timestamp_us;
  if (record.kind == RecordKind::kPublish) end_.bookmark = record.bookmark;
  if (!record.numbered_by_log && record.bookmark) {
    publishers_.remember(record.bookmark.publisher, record.bookmark.sequence, record.txid,
                         record.timestamp_us);
  }
  return plan_.visit ? plan_.visit(record) : Status();
}

Status Recovery::is_torn(SegmentScanner* scanner, RecordState state, std::uint64_t end_of_batch,
                         bool* torn) const {
  const std::uint64_t offset = scanner->offset();
  for (std::uint64_t at = offset;;) {
    bool found = false;
    BatchMark later;
    AMPS_RETURN_IF_ERROR(scanner->find_batch_after(at, &found, &at, &later));
    if (!found) break;
    *torn = later.synced_offset <= offset;
    if (!*torn) return {};
  }
  *torn = true;
  if (state == RecordState::kEnd) return {};
  // Disks write sectors whole. A write that was not finished lacks one, and where it lacks there are zeros.
  std::uint64_t end = offset + std::min<std::uint64_t>(scanner->damaged_bytes(), kBatchTellingBytes);
  if (offset < end_of_batch) end = std::min(offset + scanner->damaged_bytes(), end_of_batch);
  return scanner->has_empty_sector(offset, end, torn);
}

Status Recovery::cut(const FoundSegment& segment, File* file, std::uint64_t offset,
                     std::uint64_t end_of_bytes) {
  LogLine(*plan_.log, AMPS_LOG_WARNING, LogId::kLogRepaired)
      << "journal file " << segment.path << ": an unfinished write of " << end_of_bytes - offset
      << " bytes at offset " << offset << " was cut off; nobody was told that it was safe";
  // Shorter and longer again, so that nothing of it can be taken for what will be written there.
  AMPS_RETURN_IF_ERROR(file->truncate(offset));
  AMPS_RETURN_IF_ERROR(file->allocate(std::max(plan_.segment_bytes, kSegmentHeaderBytes)));
  return file->sync_data();
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/segment_catalog.h"

#include <utility>

namespace amps::broker {

void SegmentCatalog::add(const SegmentHeader& header, std::string path, bool is_archived) {
  MutexLock lock(mutex_);
  SegmentInfo& info = entries_[header.number].info;
  info.number = header.number;
  info.salt = header.salt;
  info.path = std::move(path);
  info.is_archived = is_archived;
}

void SegmentCatalog::add_to(Entry* entry, const JournalRecord& record, std::uint64_t size) {
  SegmentInfo& info = entry->info;
  if (is_data(record.kind)) {
    entry->index.add(record, info.end);
    if (info.first_txid == 0) {
      info.first_txid = record.txid;
      info.first_time_us = record.timestamp_us;
    }
    info.last_txid = record.txid;
    info.last_time_us = record.timestamp_us;
  }
  info.end += size;
}

void SegmentCatalog::add_record(std::uint64_t segment, const JournalRecord& record, std::uint64_t size) {
  MutexLock lock(mutex_);
  add_to(&entries_.at(segment), record, size);
}

void SegmentCatalog::add_records(std::uint64_t segment, std::string_view bytes) {
  MutexLock lock(mutex_);
  Entry& entry = entries_.at(segment);
  while (!bytes.empty()) {
    JournalRecord record;
    const std::size_t size = view_record(bytes.data(), &record);
    add_to(&entry, record, size);
    bytes.remove_prefix(size);
  }
}

void SegmentCatalog::set_place(std::uint64_t segment, std::string path, bool is_archived) {
  MutexLock lock(mutex_);
  SegmentInfo& info = entries_.at(segment).info;
  info.path = std::move(path);
  info.is_archived = is_archived;
}

void SegmentCatalog::remove(std::uint64_t segment) {
  MutexLock lock(mutex_);
  entries_.erase(segment);
}

std::vector<SegmentInfo> SegmentCatalog::list() const {
  MutexLock lock(mutex_);
  std::vector<SegmentInfo> infos;
  infos.reserve(entries_.size());
  for (const auto& [number, entry] : entries_) infos.push_back(entry.info);
  return infos;
}

std::optional<SegmentInfo> SegmentCatalog::find(std::uint64_t segment) const {
  MutexLock lock(mutex_);
  const auto found = entries_.find(segment);
  if (found == entries_.end()) return {};
  return found->second.info;
}

LogPosition SegmentCatalog::begin() const {
  MutexLock lock(mutex_);
  return entries_.empty() ? LogPosition{1, kSegmentHeaderBytes}
                          : LogPosition{entries_.begin()->first, kSegmentHeaderBytes};
}

std::vector<LogPosition> SegmentCatalog::candidates(const BookmarkId& bookmark) const {
  MutexLock lock(mutex_);
  std::vector<LogPosition> places;
  for (auto at = entries_.rbegin(); at != entries_.rend(); ++at) {
    if (const auto offset = at->second.index.find(bookmark)) places.push_back({at->first, *offset});
  }
  return places;
}

LogPosition SegmentCatalog::before_time(std::uint64_t utc_us) const {
  MutexLock lock(mutex_);
  LogPosition place{entries_.empty() ? 1 : entries_.begin()->first, kSegmentHeaderBytes};
  for (const auto& [number, entry] : entries_) {
    if (entry.index.empty()) continue;
    place = {number, entry.index.offset_before_time(utc_us)};
    if (entry.info.last_time_us > utc_us) break;
  }
  return place;
}

LogPosition SegmentCatalog::before_txid(std::uint64_t txid) const {
  MutexLock lock(mutex_);
  LogPosition place{entries_.empty() ? 1 : entries_.begin()->first, kSegmentHeaderBytes};
  for (const auto& [number, entry] : entries_) {
    if (entry.index.empty()) continue;
    if (entry.info.first_txid > txid) break;
    place = {number, entry.index.offset_before_txid(txid)};
  }
  return place;
}

}  // namespace amps::broker

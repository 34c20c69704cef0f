// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/retention.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/buffer.h"

namespace amps::broker {
namespace {

constexpr std::size_t kCopyStepBytes = 1u << 20;

// Lets one caller in at a time; the others are told no.
class Turn {
 public:
  explicit Turn(std::atomic<bool>* is_busy) noexcept
      : is_busy_(*is_busy), is_ours_(!is_busy->exchange(true, std::memory_order_acquire)) {}
  ~Turn() {
    if (is_ours_) is_busy_.store(false, std::memory_order_release);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Status status() const {
    return is_ours_ ? Status() : Status(AMPS_E_USAGE, "journal files are being moved already");
  }

 private:
  std::atomic<bool>& is_busy_;
  const bool is_ours_;
};

}  // namespace

void Retention::set_places(std::string directory, std::string archive_directory, std::string instance) {
  directory_ = std::move(directory);
  archive_directory_ = std::move(archive_directory);
  instance_ = std::move(instance);
}

void Retention::add_hold(JournalHold* hold) {
  MutexLock lock(mutex_);
  holds_.insert(hold);
}

void Retention::remove_hold(JournalHold* hold) {
  MutexLock lock(mutex_);
  holds_.erase(hold);
}

std::uint64_t Retention::oldest_needed_txid() {
  MutexLock lock(mutex_);
  std::uint64_t oldest = UINT64_MAX;
  for (JournalHold* hold : holds_) oldest = std::min(oldest, hold->oldest_needed_txid());
  return oldest;
}

Status Retention::copy(const std::string& from, const std::string& to) {
  std::unique_ptr<File> source;
  std::unique_ptr<File> target;
  AMPS_RETURN_IF_ERROR(io_.open(from, OpenMode::kRead, &source));
  AMPS_RETURN_IF_ERROR(io_.open(to, OpenMode::kCreate, &target));
  AMPS_RETURN_IF_ERROR(target->truncate(0));
  Buffer bytes;
  for (std::uint64_t offset = 0;; offset += bytes.size()) {
    bytes.clear();
    std::size_t got = 0;
    AMPS_RETURN_IF_ERROR(source->read_at(offset, bytes.extend(kCopyStepBytes), kCopyStepBytes, &got));
    bytes.truncate(got);
    AMPS_RETURN_IF_ERROR(target->write_at(offset, bytes.view()));
    if (got < kCopyStepBytes) return target->sync_data();
  }
}

// Copied rather than renamed: the archive may be on another disk, and no moment may be without the file.
Status Retention::archive(const SegmentInfo& segment) {
  const std::string path = archive_directory_ + "/" + segment_name(instance_, segment.number);
  AMPS_RETURN_IF_ERROR(copy(segment.path, path + ".tmp"));
  AMPS_RETURN_IF_ERROR(io_.rename(path + ".tmp", path));
  AMPS_RETURN_IF_ERROR(io_.sync_directory(archive_directory_));
  catalog_.set_place(segment.number, path, true);
  AMPS_RETURN_IF_ERROR(io_.remove(segment.path));
  return io_.sync_directory(directory_);
}

Status Retention::archive_before(std::uint64_t utc_us, std::uint64_t* count) {
  *count = 0;
  if (archive_directory_.empty()) return {AMPS_E_USAGE, "no JournalArchiveDirectory is configured"};
  const Turn turn(&is_busy_);
  AMPS_RETURN_IF_ERROR(turn.status());
  const std::vector<SegmentInfo> segments = catalog_.list();
  for (const SegmentInfo& segment : segments) {
    if (segment.is_archived) continue;
    const bool is_current = segment.number == segments.back().number;
    if (is_current || segment.last_time_us >= utc_us) break;
    AMPS_RETURN_IF_ERROR(archive(segment));
    ++*count;
  }
  return {};
}

Status Retention::remove_before(std::uint64_t utc_us, const std::function<Status()>& save_publishers,
                                std::uint64_t* count) {
  *count = 0;
  const Turn turn(&is_busy_);
  AMPS_RETURN_IF_ERROR(turn.status());
  const std::uint64_t needed_txid = oldest_needed_txid();
  const std::vector<SegmentInfo> segments = catalog_.list();
  for (const SegmentInfo& segment : segments) {
    const bool is_current = segment.number == segments.back().number;
    if (is_current || segment.last_time_us >= utc_us || segment.last_txid >= needed_txid) break;
    if (*count == 0) AMPS_RETURN_IF_ERROR(save_publishers());
    catalog_.remove(segment.number);
    AMPS_RETURN_IF_ERROR(io_.remove(segment.path));
    // Before the next one: a crash must not leave a file behind whose successor is gone.
    AMPS_RETURN_IF_ERROR(io_.sync_directory(segment.is_archived ? archive_directory_ : directory_));
    ++*count;
  }
  return {};
}

}  // namespace amps::broker

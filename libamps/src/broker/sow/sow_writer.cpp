// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_writer.h"

#include <algorithm>
#include <utility>

#include "broker/log_line.h"

namespace amps::broker {

namespace {

constexpr std::size_t kBatchBytesMax = 8u << 20;          // Of one batch of a rewritten file.
constexpr std::uint64_t kCompactionBytesMin = 64u << 20;  // Smaller files are not worth rewriting.

SavedChange saved(const Record& record) noexcept {
  SavedChange change;
  change.timestamp_us = record.timestamp_us();
  change.expires_us = record.expires_us();
  change.txid = record.txid();
  change.key = record.key();
  change.correlation_id = record.correlation_id();
  change.body = record.body();
  return change;
}

}  // namespace

// Encoded changes; `first_txid` and `last_txid` are 0 when they are not logged.
struct SowWriter::Changes {
  Buffer bytes;
  std::uint64_t first_txid = 0;
  std::uint64_t last_txid = 0;
};

struct SowWriter::Topic {
  std::unique_ptr<SowFile> file;  // Owned by the writing thread.
  std::unique_ptr<DirectoryLock> lock;
  std::string about;
  TakeSnapshot take_snapshot;
  std::uint64_t compacted_bytes = 0;  // Size after the last rewriting.
  // Guarded by the writer's lock.
  Changes pending;
  Changes held;                            // Comes first, and waits for the log. Nothing is added to it.
  std::uint64_t needed_txid = UINT64_MAX;  // The first that the file does not have; UINT64_MAX: none.
  Status failure;
  bool wants_compaction = false;
};

SowWriter::SowWriter(FileIo* io, LogSink* log) : io_(io), log_(log) {}

SowWriter::~SowWriter() {
  stop();
}

Status SowWriter::open(const std::string& path, const std::string& about, const SowFile::Visitor& visit,
                       TakeSnapshot take_snapshot, Topic** out) {
  auto topic = std::make_unique<Topic>();
  topic->about = about;
  topic->take_snapshot = std::move(take_snapshot);
  AMPS_RETURN_IF_ERROR(io_->make_directory(directory_of(path)));
  // A directory of its own for the lock, because other topics may have their files beside this one.
  AMPS_RETURN_IF_ERROR(io_->make_directory(path + ".lock"));
  AMPS_RETURN_IF_ERROR(io_->lock(path + ".lock", &topic->lock));
  std::uint64_t cut_bytes = 0;
  AMPS_RETURN_IF_ERROR(SowFile::open(io_, path, about, visit, &topic->file, &cut_bytes));
  if (cut_bytes != 0) {
    LogLine(*log_, AMPS_LOG_WARNING, LogId::kSowRepaired)
        << path << ": cut " << cut_bytes << " bytes off the end, at offset " << topic->file->size()
        << ": a write that had not been finished";
  }
  topic->compacted_bytes = topic->file->size();
  *out = topic.get();
  topics_.push_back(std::move(topic));
  return {};
}

Status SowWriter::start() {
  return thread_.start("ampsd-sow", [this] { run(); });
}

void SowWriter::stop() noexcept {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    work_.notify_one();
  }
  thread_.join();
}

void SowWriter::abandon() noexcept {
  const MutexLock lock(mutex_);
  abandoned_ = true;
  work_.notify_one();
}

SavedPoint SowWriter::append(Topic* topic, const SavedChange& change) {
  MutexLock lock(mutex_);
  Changes& to = topic->pending;
  const std::size_t before = to.bytes.size();
  if (change.txid != 0) {  // An expiry is not logged: it waits with what stands around it.
    if (to.first_txid == 0) to.first_txid = change.txid;
    to.last_txid = change.txid;
  }
  append_change(&to.bytes, change);
  pending_bytes_.store(pending_bytes_ + to.bytes.size() - before, std::memory_order_relaxed);
  if (topic->needed_txid == UINT64_MAX && change.txid != 0) topic->needed_txid = change.txid;
  // Behind what is held, it is looked at when that was written.
  if (topic->held.bytes.empty() && !std::exchange(has_work_, true)) work_.notify_one();
  return change.txid != 0 ? SavedPoint() : SavedPoint{++appended_, topic};
}

SavedPoint SowWriter::appended() const {
  MutexLock lock(mutex_);
  return {appended_, nullptr};
}

SavedState SowWriter::state_of(const SavedPoint& point) const {
  MutexLock lock(mutex_);
  if (point.position > durable_) return SavedState::kWaiting;
  const auto* const topic = static_cast<const Topic*>(point.topic);
  const bool failed = topic == nullptr ? has_failed_ : !topic->failure.ok();
  return failed ? SavedState::kLost : SavedState::kSaved;
}

void SowWriter::note_logged(std::uint64_t txid, bool is_moving) noexcept {
  MutexLock lock(mutex_);
  logged_txid_ = txid;
  log_is_moving_ = is_moving;
  has_work_ = has_work_ || std::any_of(topics_.begin(), topics_.end(), [&](const auto& topic) {
                return !topic->held.bytes.empty() && topic->held.last_txid <= txid;
              });
  if (has_work_ || stopping_ || awaits_log_) work_.notify_one();
}

std::uint64_t SowWriter::oldest_needed_txid() {
  MutexLock lock(mutex_);
  std::uint64_t oldest = UINT64_MAX;
  for (const auto& topic : topics_) oldest = std::min(oldest, topic->needed_txid);
  return oldest;
}

// Something waits for a log that will have it.
bool SowWriter::has_held() const {
  return log_is_moving_ && std::any_of(topics_.begin(), topics_.end(),
                                       [](const auto& topic) { return !topic->held.bytes.empty(); });
}

bool SowWriter::await_log(std::uint64_t txid) {
  MutexLock lock(mutex_);
  awaits_log_ = true;
  while (logged_txid_ < txid && log_is_moving_ && !abandoned_) work_.wait(mutex_);
  awaits_log_ = false;
  return logged_txid_ >= txid;
}

Status SowWriter::failure(const Topic* topic) const {
  MutexLock lock(mutex_);
  return topic->failure;
}

void SowWriter::wait_for_room() {
  MutexLock lock(mutex_);
  while (pending_bytes_ > kPendingBytesMax && !stopping_) room_.wait(mutex_);
}

void SowWriter::request_compaction(Topic* topic) {
  MutexLock lock(mutex_);
  topic->wants_compaction = has_work_ = true;
  work_.notify_one();
}

void SowWriter::run() {
  while (wait_for_work()) {
    commit();
    for (const auto& topic : topics_) {
      if (wants_compaction(*topic)) compact(topic.get());
    }
  }
}

// False: nothing waits, and it is time to stop.
bool SowWriter::wait_for_work() {
  MutexLock lock(mutex_);
  while (!has_work_ && !abandoned_ && !(stopping_ && !has_held())) work_.wait(mutex_);
  return has_work_ && !abandoned_;
}

// What may be written now of a topic's changes.
bool SowWriter::take(Topic* topic, Changes* out) {
  if (topic->held.bytes.empty()) std::swap(topic->held, topic->pending);
  if (topic->held.bytes.empty() || topic->held.last_txid > logged_txid_) return false;
  *out = std::exchange(topic->held, {});
  has_work_ = has_work_ || !topic->pending.bytes.empty();
  return true;
}

// Writes everything that waits, but for the log.
void SowWriter::commit() {
  std::vector<std::pair<Topic*, Changes>> taken;
  std::uint64_t position = 0;
  {
    MutexLock lock(mutex_);
    has_work_ = false;
    position = appended_;
    for (const auto& topic : topics_) {
      Changes changes;
      if (take(topic.get(), &changes)) taken.emplace_back(topic.get(), std::move(changes));
    }
  }
  for (auto& [topic, changes] : taken) write_changes(topic, &changes.bytes);
  settle(position);
}

void SowWriter::write_changes(Topic* topic, Buffer* changes) {
  if (failure(topic).ok()) {
    Status status = topic->file->write(changes->view());
    if (status.ok()) status = topic->file->sync();
    if (!status.ok()) fail(topic, status);
  }
  MutexLock lock(mutex_);
  pending_bytes_.store(pending_bytes_ - changes->size(), std::memory_order_relaxed);
  room_.notify_all();
  changes->clear();
  if (topic->failure.ok()) {
    const std::uint64_t next =
        topic->held.first_txid != 0 ? topic->held.first_txid : topic->pending.first_txid;
    topic->needed_txid = next != 0 ? next : UINT64_MAX;
  }
  if (topic->pending.bytes.capacity() == 0) topic->pending.bytes = std::move(*changes);
}

// What the disk has of it is unknown from here on, so the file is left as it is until the next start.
void SowWriter::fail(Topic* topic, const Status& status) {
  LogLine(*log_, AMPS_LOG_ERROR, LogId::kSowFailed)
      << topic->file->path() << ": records are no longer kept, publishes are refused: " << status.text();
  MutexLock lock(mutex_);
  topic->failure = status;
  has_failed_ = true;
}

void SowWriter::settle(std::uint64_t position) {
  {
    MutexLock lock(mutex_);
    durable_ = position;
  }
  if (listener_) listener_();
}

// Compaction.

bool SowWriter::wants_compaction(const Topic& topic) const {
  const std::uint64_t size = topic.file->size();
  MutexLock lock(mutex_);
  if (!topic.failure.ok()) return false;
  return topic.wants_compaction || (size > kCompactionBytesMin && size > 3 * topic.compacted_bytes);
}

void SowWriter::compact(Topic* topic) {
  {
    MutexLock lock(mutex_);
    topic->wants_compaction = false;
  }
  // What is appended after the snapshot stands behind this offset. What waits now is in both; that does no
  // harm, because the last change of a record is the one that counts.
  const std::uint64_t tail_offset = topic->file->size();
  const KeptRecords kept = topic->take_snapshot();
  const std::uint64_t before = topic->file->size();
  if (const Status status = rewrite(topic, kept, tail_offset); !status.ok()) {
    LogLine(*log_, AMPS_LOG_WARNING, LogId::kSowCompacted)
        << topic->file->path() << ": not compacted: " << status.text();
    topic->compacted_bytes = before;  // Not again at once.
    return;
  }
  topic->compacted_bytes = topic->file->size();
  LogLine(*log_, AMPS_LOG_INFO, LogId::kSowCompacted)
      << topic->file->path() << ": compacted from " << before << " to " << topic->file->size() << " bytes";
}

// The changes that make what a topic keeps: of each record its versions in their order.
template <typename Visit>
Status SowWriter::for_each_change(const KeptRecords& kept, Visit visit) {
  for (std::size_t i = kept.versions.begin; i != kept.versions.end; ++i) {
    const Version& version = kept.versions.at(i);
    AMPS_RETURN_IF_ERROR(visit(saved(*version.record)));
    if (!version.is_last) continue;
    SavedChange removal;
    removal.removes = true;
    removal.key = version.record->key();
    removal.timestamp_us = version.until_us;
    removal.txid = version.until_txid;
    AMPS_RETURN_IF_ERROR(visit(removal));
  }
  for (const ChunkRef& chunk : kept.records) {
    for (const RecordRef& record : chunk->items) {
      if (record) AMPS_RETURN_IF_ERROR(visit(saved(*record)));
    }
  }
  return {};
}

Status SowWriter::rewrite(Topic* topic, const KeptRecords& kept, std::uint64_t tail_offset) {
  const std::string path = topic->file->path();
  std::unique_ptr<SowFile> file;
  AMPS_RETURN_IF_ERROR(SowFile::make(io_, path + ".new", topic->about, &file));
  Buffer batch;
  std::uint64_t newest_txid = 0;
  AMPS_RETURN_IF_ERROR(for_each_change(kept, [&](const SavedChange& change) -> Status {
    newest_txid = std::max(newest_txid, change.txid);
    append_change(&batch, change);
    if (batch.size() < kBatchBytesMax) return {};
    AMPS_RETURN_IF_ERROR(file->write(batch.view()));
    batch.clear();
    commit();  // Nobody's acks wait for all this.
    return {};
  }));
  if (!batch.empty()) AMPS_RETURN_IF_ERROR(file->write(batch.view()));
  AMPS_RETURN_IF_ERROR(file->copy_from(topic->file.get(), tail_offset));
  AMPS_RETURN_IF_ERROR(file->sync());
  if (!await_log(newest_txid)) return Status(AMPS_E_STORE, "the transaction log is behind, and stands still");
  AMPS_RETURN_IF_ERROR(io_->rename(path + ".new", path));
  file->set_path(path);
  topic->file = std::move(file);  // The old one has no name any more.
  const Status synced = io_->sync_directory(directory_of(path));
  if (!synced.ok()) fail(topic, synced);
  return {};
}

}  // namespace amps::broker

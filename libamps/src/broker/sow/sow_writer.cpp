// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_writer.h"

#include <algorithm>
#include <utility>

#include "broker/log_line.h"
#include "broker/outbox.h"

namespace amps::broker {

namespace {

constexpr std::size_t kPendingBytesMax = 64u << 20;       // Then publishers wait for the disk.
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

struct SowWriter::Topic {
  std::unique_ptr<SowFile> file;  // Owned by the writing thread.
  std::unique_ptr<DirectoryLock> lock;
  std::string about;
  TakeSnapshot take_snapshot;
  std::uint64_t compacted_bytes = 0;  // Size after the last rewriting.
  // Guarded by the writer's lock.
  Buffer pending;
  Status failure;
  bool wants_compaction = false;
};

SowWriter::SowWriter(FileIo* io, const Clock* clock, LogSink* log) : io_(io), clock_(clock), log_(log) {}

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
    LogLine(*log_, AMPS_LOG_WARNING) << path << ": cut " << cut_bytes << " bytes off the end, at offset "
                                     << topic->file->size() << ": a write that had not been finished";
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

SavedPoint SowWriter::append(Topic* topic, const SavedChange& change) {
  MutexLock lock(mutex_);
  const std::size_t before = topic->pending.size();
  append_change(&topic->pending, change);
  pending_bytes_ += topic->pending.size() - before;
  if (!std::exchange(has_work_, true)) work_.notify_one();
  return {++appended_, topic};
}

SavedPoint SowWriter::appended() const {
  MutexLock lock(mutex_);
  return {appended_, nullptr};
}

const std::string& SowWriter::answer(const Owed& owed) const {
  const auto* const topic = static_cast<const Topic*>(owed.point.topic);
  const bool failed = topic == nullptr ? has_failed_ : !topic->failure.ok();
  return failed ? owed.failure : owed.bytes;
}

void SowWriter::send_when_durable(const SavedPoint& point, Outbox* outbox, std::string_view bytes,
                                  std::string_view failure) {
  const Owed owed{point, outbox, std::string(bytes), std::string(failure)};
  MutexLock lock(mutex_);
  if (point.position > durable_) {
    owed_.push_back(owed);
  } else {
    outbox->append(answer(owed), clock_->steady_ms());
  }
}

void SowWriter::forget(const Outbox* outbox) {
  MutexLock lock(mutex_);
  owed_.erase(
      std::remove_if(owed_.begin(), owed_.end(), [=](const Owed& one) { return one.outbox == outbox; }),
      owed_.end());
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
  while (!has_work_ && !stopping_) work_.wait(mutex_);
  return has_work_;
}

// Writes everything that waits.
void SowWriter::commit() {
  std::vector<std::pair<Topic*, Buffer>> taken;
  std::uint64_t position = 0;
  {
    MutexLock lock(mutex_);
    has_work_ = false;
    position = appended_;
    for (const auto& topic : topics_) {
      if (topic->pending.empty()) continue;
      taken.emplace_back(topic.get(), std::move(topic->pending));
      topic->pending = Buffer();
    }
  }
  for (auto& [topic, pending] : taken) write_pending(topic, &pending);
  settle(position);
}

void SowWriter::write_pending(Topic* topic, Buffer* pending) {
  if (failure(topic).ok()) {
    Status status = topic->file->write(pending->view());
    if (status.ok()) status = topic->file->sync();
    if (!status.ok()) fail(topic, status);
  }
  MutexLock lock(mutex_);
  pending_bytes_ -= pending->size();
  room_.notify_all();
  pending->clear();
  if (topic->pending.capacity() == 0) topic->pending = std::move(*pending);
}

// What the disk has of it is unknown from here on, so the file is left as it is until the next start.
void SowWriter::fail(Topic* topic, const Status& status) {
  LogLine(*log_, AMPS_LOG_ERROR) << topic->file->path()
                                 << ": records are no longer kept, publishes are refused: " << status.text();
  MutexLock lock(mutex_);
  topic->failure = status;
  has_failed_ = true;
}

void SowWriter::settle(std::uint64_t position) {
  // Under the lock, so that forget() returns only when nobody uses the outbox any more.
  const std::uint64_t now_ms = clock_->steady_ms();
  MutexLock lock(mutex_);
  durable_ = position;
  while (!owed_.empty() && owed_.front().point.position <= position) {
    owed_.front().outbox->append(answer(owed_.front()), now_ms);
    owed_.pop_front();
  }
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
  const RecordSnapshot snapshot = topic->take_snapshot();
  const std::uint64_t before = topic->file->size();
  if (const Status status = rewrite(topic, snapshot, tail_offset); !status.ok()) {
    LogLine(*log_, AMPS_LOG_WARNING) << topic->file->path() << ": not compacted: " << status.text();
    topic->compacted_bytes = before;  // Not again at once.
    return;
  }
  topic->compacted_bytes = topic->file->size();
  LogLine(*log_, AMPS_LOG_INFO) << topic->file->path() << ": compacted from " << before << " to "
                                << topic->file->size() << " bytes";
}

Status SowWriter::rewrite(Topic* topic, const RecordSnapshot& snapshot, std::uint64_t tail_offset) {
  const std::string path = topic->file->path();
  std::unique_ptr<SowFile> file;
  AMPS_RETURN_IF_ERROR(SowFile::make(io_, path + ".new", topic->about, &file));
  Buffer batch;
  for (const ChunkRef& chunk : snapshot) {
    for (const RecordRef& record : chunk->records) {
      if (!record) continue;
      append_change(&batch, saved(*record));
      if (batch.size() < kBatchBytesMax) continue;
      AMPS_RETURN_IF_ERROR(file->write(batch.view()));
      batch.clear();
      commit();  // Nobody's acks wait for all this.
    }
  }
  if (!batch.empty()) AMPS_RETURN_IF_ERROR(file->write(batch.view()));
  AMPS_RETURN_IF_ERROR(file->copy_from(topic->file.get(), tail_offset));
  AMPS_RETURN_IF_ERROR(file->sync());
  AMPS_RETURN_IF_ERROR(io_->rename(path + ".new", path));
  file->set_path(path);
  topic->file = std::move(file);  // The old one has no name any more.
  const Status synced = io_->sync_directory(directory_of(path));
  if (!synced.ok()) fail(topic, synced);
  return {};
}

}  // namespace amps::broker

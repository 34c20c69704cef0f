// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/file_journal.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "base/random_hash.h"
#include "broker/journal/file_log_reader.h"
#include "broker/journal/recovery.h"
#include "broker/log_line.h"
#include "wire/options.h"

namespace amps::broker {
namespace {

constexpr std::size_t kWaitingBytesMax = 32u << 20;  // Appended and not yet taken for writing.
constexpr std::size_t kTailBytes = 16u << 20;        // Kept in memory for readers near the end.
constexpr std::chrono::milliseconds kRetry(100);     // Of what a full disk has refused.

Publishers::Limits publisher_limits(const TransactionLogConfiguration& configuration) noexcept {
  return {configuration.client_count_max, configuration.inactive_client_ms * 1000};
}

// A name nobody else has, where the system keeps what need not last.
std::string temporary_directory() {
  static std::atomic<std::uint64_t> count{0};
  const std::uint64_t number = count.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t unique =
      sip_hash(process_hash_key(), {reinterpret_cast<const char*>(&number), sizeof number});
  const char* const base = std::getenv("TMPDIR");
  return std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/amps-journal-" +
         std::to_string(unique);
}

}  // namespace

Status Journal::open(const TransactionLogConfiguration& configuration, const std::string& instance,
                     const JournalParts& parts, const Visitor& visit, std::unique_ptr<Journal>* out) {
  auto journal = std::make_unique<FileJournal>(configuration, instance, parts);
  AMPS_RETURN_IF_ERROR(journal->start(visit));
  *out = std::move(journal);
  return {};
}

FileJournal::FileJournal(const TransactionLogConfiguration& configuration, const std::string& instance,
                         const JournalParts& parts)
    : configuration_(configuration),
      instance_(instance),
      parts_(parts),
      publishers_(publisher_limits(configuration)),
      retention_(parts.io, &catalog_) {}

FileJournal::~FileJournal() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
  if (!is_temporary_ || directory_lock_ == nullptr) return;
  writer_.reset();
  directory_lock_.reset();
  std::vector<std::string> names;
  static_cast<void>(parts_.io->list(directory_, &names));
  for (const std::string& name : names) static_cast<void>(parts_.io->remove(directory_ + "/" + name));
  static_cast<void>(parts_.io->remove(directory_));
}

void FileJournal::abandon() noexcept {
  MutexLock lock(mutex_);
  stopping_ = abandoned_ = true;
  failure_ = Status(AMPS_E_STORE, "the broker was stopped");
  health_.store(JournalHealth::kFailed, std::memory_order_release);
  wake_.notify_one();
}

// Starting.

Status FileJournal::open_directory() {
  is_temporary_ = configuration_.directory.empty();
  directory_ = is_temporary_ ? temporary_directory() : configuration_.directory;
  while (directory_.size() > 1 && directory_.back() == '/') directory_.pop_back();
  AMPS_RETURN_IF_ERROR(parts_.io->make_directory(directory_));
  AMPS_RETURN_IF_ERROR(parts_.io->lock(directory_, &directory_lock_));
  if (configuration_.archive_directory.empty()) return {};
  return parts_.io->make_directory(configuration_.archive_directory);
}

Status FileJournal::compile_topics() {
  for (const TransactionLogConfiguration::Topic& topic : configuration_.topics) {
    LoggedTopic& logged = topics_.emplace_back();
    logged.name = topic.name;
    logged.message_type = topic.message_type;
    if (wire::is_topic_pattern(topic.name)) {
      AMPS_RETURN_IF_ERROR(TopicPattern::compile(topic.name, &logged.pattern));
    }
  }
  return {};
}

Status FileJournal::start(const Visitor& visit) {
  AMPS_RETURN_IF_ERROR(compile_topics());
  AMPS_RETURN_IF_ERROR(open_directory());
  RecoveryPlan plan;
  plan.io = parts_.io;
  plan.log = parts_.log;
  plan.directory = directory_;
  plan.archive_directory = configuration_.archive_directory;
  plan.instance = instance_;
  plan.segment_bytes = configuration_.segment_bytes;
  plan.visit = visit;
  RecoveredLog log;
  AMPS_RETURN_IF_ERROR(Recovery(plan, &catalog_, &publishers_).run(&log));
  publishers_.forget_inactive(parts_.clock->utc_us());
  retention_.set_places(directory_, configuration_.archive_directory, instance_);
  writer_.emplace(SegmentWriter::Place{parts_.io, directory_, instance_, configuration_.segment_bytes,
                                       std::max<std::size_t>(1, configuration_.preallocated_files)},
                  &catalog_);
  AMPS_RETURN_IF_ERROR(writer_->open(log));
  if (log.end.position.segment == 0) log.end.position = {1, kSegmentHeaderBytes};
  {
    MutexLock lock(mutex_);
    tail_.emplace(configuration_.segment_bytes, log.end.position);
    appended_ = durable_ = log.end;
    durable_txid_ = synced_txid_ = log.end.txid;
  }
  return thread_.start("ampsd-journal", [this] { run(); });
}

// Appending.

bool FileJournal::logs(std::string_view topic, std::string_view message_type) const {
  return std::any_of(topics_.begin(), topics_.end(), [&](const LoggedTopic& logged) {
    if (logged.message_type != message_type) return false;
    return logged.pattern == nullptr ? logged.name == topic
                                     : logged.pattern->matches(topic) == PatternMatch::kYes;
  });
}

void FileJournal::put(const JournalRecord& record) {
  encode_record(tail_->extend(record_bytes(record), record.txid), record);
}

Status FileJournal::append(JournalRecord* record, PublisherState* publisher) {
  AMPS_RETURN_IF_ERROR(check_record(*record));
  MutexLock lock(mutex_);
  if (!failure_.ok()) return failure_;
  if (publisher != nullptr && record->bookmark.sequence <= publisher->highest()) {
    return {AMPS_E_PUBLISH,
            "sequence " + std::to_string(record->bookmark.sequence) + " is in the log already"};
  }
  record->txid = appended_.txid + 1;
  record->timestamp_us = std::max(record->timestamp_us, appended_.timestamp_us);
  record->numbered_by_log = publisher == nullptr;
  if (publisher == nullptr) {
    record->bookmark.sequence = record->txid;
  } else {
    if (Publishers::needs_name(publisher)) {
      JournalRecord name;
      name.kind = RecordKind::kPublisher;
      name.bookmark.publisher = publisher->id();
      const std::string text = publishers_.name_of(*publisher);
      name.body = text;
      name.txid = record->txid;
      put(name);
    }
    Publishers::append(publisher, record->bookmark.sequence, record->txid, durable_.txid);
  }
  put(*record);
  appended_.txid = record->txid;
  appended_.timestamp_us = record->timestamp_us;
  if (record->kind == RecordKind::kPublish) appended_.bookmark = record->bookmark;
  if (tail_->waiting_bytes() > kWaitingBytesMax) has_room_.store(false, std::memory_order_relaxed);
  if (!std::exchange(committing_, true)) wake_.notify_one();
  return {};
}

void FileJournal::end_block() {
  if (live_readers_.load(std::memory_order_seq_cst) == 0) return;
  MutexLock lock(listeners_mutex_);
  for (JournalListener* listener : listeners_) listener->on_appended();
}

Status FileJournal::failure() const {
  MutexLock lock(mutex_);
  return failure_;
}

LogEnd FileJournal::durable_end() const {
  MutexLock lock(mutex_);
  return durable_;
}

LogEnd FileJournal::appended_end() const {
  MutexLock lock(mutex_);
  LogEnd end = appended_;
  end.position = tail_->end();
  return end;
}

std::uint64_t FileJournal::settled_sequence(PublisherState* publisher) {
  MutexLock lock(mutex_);
  return Publishers::settled(publisher, durable_.txid);
}

// Committing.

void FileJournal::run() {
  std::vector<TailPiece> pieces;
  LogEnd end;
  while (wait_for_work(&pieces, &end)) {
    const bool has_records = !pieces.empty();
    if (!commit(&pieces).ok()) return;
    if (writer_->is_synced()) synced_txid_.store(end.txid, std::memory_order_release);
    if (!has_records) {
      tell_listeners();
      continue;
    }
    settle(end);
    if (const Status status = writer_->prepare_spares(); !status.ok()) {
      LogLine(*parts_.log, AMPS_LOG_WARNING, LogId::kLogFilesFailed)
          << "no journal file could be prepared: " << status.text();
    }
  }
}

// False: the thread is to end. True without pieces: time to sync what acks did not wait for.
bool FileJournal::wait_for_work(std::vector<TailPiece>* pieces, LogEnd* end) {
  MutexLock lock(mutex_);
  while (tail_->waiting_bytes() == 0 && !abandoned_) {
    committing_ = false;
    if (stopping_) return !writer_->is_synced();
    if (writer_->is_synced()) {
      wake_.wait(mutex_);
    } else if (!wake_.wait_until(mutex_, next_sync_)) {
      return true;
    }
  }
  if (abandoned_) return false;
  committing_ = true;
  tail_->take(pieces);
  *end = appended_;
  end->position = tail_->end();
  return true;
}

void FileJournal::count_write(std::uint64_t size_bytes, std::chrono::steady_clock::duration took) noexcept {
  const auto add = [](std::atomic<std::uint64_t>* counter, std::uint64_t value) {
    counter->store(counter->load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
  };
  add(&write_count_, 1);
  add(&write_bytes_, size_bytes);
  add(&write_us_,
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
}

LogFacts FileJournal::facts() const {
  LogFacts facts;
  for (const SegmentInfo& segment : catalog_.list()) {
    facts.files.push_back({segment.path, segment.number, segment.end, segment.first_time_us,
                           segment.last_time_us, segment.is_archived});
  }
  facts.durable_txid = durable_txid();
  facts.write_count = write_count_.load(std::memory_order_relaxed);
  facts.write_bytes = write_bytes_.load(std::memory_order_relaxed);
  facts.write_us = write_us_.load(std::memory_order_relaxed);
  MutexLock lock(mutex_);
  if (tail_) facts.waiting_bytes = tail_->waiting_bytes();
  return facts;
}

Status FileJournal::write(std::vector<TailPiece>* pieces) {
  const bool is_end = pieces->empty();  // Nothing but the sync is left to do.
  std::uint64_t size_bytes = 0;
  for (const TailPiece& piece : *pieces) size_bytes += piece.size;
  const auto begin = std::chrono::steady_clock::now();
  AMPS_RETURN_IF_ERROR(writer_->write(pieces, configuration_.sync_before_ack));
  const auto now = std::chrono::steady_clock::now();
  if (!is_end) count_write(size_bytes, now - begin);
  if (!is_end && now < next_sync_) return {};
  next_sync_ = now + std::chrono::microseconds(configuration_.flush_interval_us);
  return writer_->sync();
}

// Success: the pieces are as safe as the configuration asks for. A full disk is waited for, because what
// waits was accepted; meanwhile nothing more is.
Status FileJournal::commit(std::vector<TailPiece>* pieces) {
  bool is_reported = false;
  for (;;) {
    const Status status = write(pieces);
    if (status.ok()) break;
    const bool is_final = writer_->has_failed();
    if (!is_reported || is_final) report_failure(status, is_final);
    is_reported = true;
    if (is_final) return status;
    MutexLock lock(mutex_);
    if (stopping_) return status;
    static_cast<void>(wake_.wait_until(mutex_, std::chrono::steady_clock::now() + kRetry));
  }
  if (!is_reported) return {};
  LogLine(*parts_.log, AMPS_LOG_INFO, LogId::kLogGoesOn) << "the transaction log accepts messages again";
  MutexLock lock(mutex_);
  if (abandoned_) return {};
  failure_ = {};
  health_.store(JournalHealth::kGood, std::memory_order_release);
  return {};
}

void FileJournal::report_failure(const Status& status, bool is_final) {
  LogLine(*parts_.log, AMPS_LOG_ERROR, LogId::kLogFailed)
      << (is_final ? "the transaction log has failed, and accepts nothing until the broker is started again: "
                   : "the transaction log accepts nothing until this has passed: ")
      << status.text();
  {
    MutexLock lock(mutex_);
    failure_ =
        Status(AMPS_E_STORE, status.text(), is_final ? "transaction log failed" : "transaction log full");
    health_.store(is_final ? JournalHealth::kFailed : JournalHealth::kFull, std::memory_order_release);
    has_room_.store(true, std::memory_order_relaxed);  // Nobody is to wait for it: commands fail instead.
  }
  tell_listeners();
}

void FileJournal::settle(const LogEnd& end) {
  {
    MutexLock lock(mutex_);
    durable_ = end;
    durable_txid_.store(end.txid, std::memory_order_seq_cst);
    tail_->trim(end.position, kTailBytes);
    if (tail_->waiting_bytes() <= kWaitingBytesMax / 2) has_room_.store(true, std::memory_order_relaxed);
  }
  tell_listeners();
}

void FileJournal::tell_listeners() noexcept {
  MutexLock lock(listeners_mutex_);
  const std::uint64_t txid = durable_txid();
  for (JournalListener* listener : listeners_) listener->on_durable(txid);
}

void FileJournal::add_listener(JournalListener* listener) {
  MutexLock lock(listeners_mutex_);
  listeners_.push_back(listener);
}

void FileJournal::remove_listener(JournalListener* listener) {
  MutexLock lock(listeners_mutex_);
  listeners_.erase(std::remove(listeners_.begin(), listeners_.end(), listener), listeners_.end());
}

void FileJournal::count_live_readers(int difference) noexcept {
  live_readers_.fetch_add(difference, std::memory_order_seq_cst);
}

// Reading.

std::unique_ptr<LogReader> FileJournal::make_reader() {
  return std::make_unique<FileLogReader>(this);
}

Status FileJournal::find(const BookmarkId& bookmark, std::optional<RecordPlace>* out) {
  out->reset();
  // The index knows everything before this, so nothing falls between it and the scan of the rest.
  const LogPosition durable = durable_end().position;
  for (const LogPosition place : catalog_.candidates(bookmark)) {
    const LogPosition stop{place.segment, place.offset + kIndexSpacingBytes};
    AMPS_RETURN_IF_ERROR(scan_for(bookmark, place, stop, durable, out));
    if (out->has_value()) return {};
  }
  const LogPosition end = appended_end().position;
  return scan_for(bookmark, durable, end, end, out);
}

// Looks at the records that begin before `stop`; `limit` is where the readable ones end.
Status FileJournal::scan_for(const BookmarkId& bookmark, LogPosition from, LogPosition stop,
                             LogPosition limit, std::optional<RecordPlace>* out) {
  FileLogReader reader(this);
  reader.seek(from);
  while (reader.position() < stop) {
    bool found = false;
    JournalRecord record;
    AMPS_RETURN_IF_ERROR(reader.next(limit, &found, &record));
    if (!found) return {};
    if (record.kind != RecordKind::kPublish || !(record.bookmark == bookmark)) continue;
    *out = RecordPlace{reader.record_begin(), reader.position(), record.txid};
    return {};
  }
  return {};
}

Status FileJournal::find_after_time(std::uint64_t utc_us, LogPosition* out) {
  const LogPosition limit = appended_end().position;
  FileLogReader reader(this);
  reader.seek(catalog_.before_time(utc_us));
  for (;;) {
    bool found = false;
    JournalRecord record;
    AMPS_RETURN_IF_ERROR(reader.next(limit, &found, &record));
    *out = found ? reader.record_begin() : limit;
    if (!found || record.timestamp_us > utc_us) return {};
  }
}

// Keeping house.

Status FileJournal::save_publishers() {
  Buffer contents;
  {
    MutexLock lock(mutex_);
    publishers_.encode(durable_.txid, &contents);
  }
  return Publishers::save(*parts_.io, directory_, instance_, contents.view());
}

Status FileJournal::archive_before(std::uint64_t utc_us, std::uint64_t* count) {
  return retention_.archive_before(utc_us, count);
}

Status FileJournal::remove_before(std::uint64_t utc_us, std::uint64_t* count) {
  return retention_.remove_before(
      utc_us, [this] { return save_publishers(); }, count);
}

}  // namespace amps::broker

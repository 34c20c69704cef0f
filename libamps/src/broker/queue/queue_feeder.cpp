// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queue_feeder.h"

#include <algorithm>
#include <utility>

#include "broker/log_line.h"

namespace amps::broker {

namespace {

constexpr std::size_t kRecordsPerTurn = 1024;    // Between two takes of a topic space's lock, …
constexpr std::size_t kBytesPerTurn = 1u << 20;  // … and at most about so many bytes.
constexpr std::size_t kRoutesMax = 65'536;

}  // namespace

QueueFeeder::QueueFeeder(Journal* journal, const std::vector<FedQueue*>& queues, const Clock& clock,
                         LogSink* log)
    : journal_(*journal), clock_(clock), log_(*log) {
  lines_.reserve(queues.size());
  for (FedQueue* queue : queues) lines_.push_back({queue, nullptr, {}, {}, 0});
}

QueueFeeder::~QueueFeeder() {
  stop();
}

Status QueueFeeder::start() {
  reader_ = journal_.make_reader();
  const LogEnd end = journal_.durable_end();
  reader_->seek(end.position);
  read_txid_ = end.txid;
  for (Line& line : lines_) {
    FedQueue& queue = *line.queue;
    line.fed_txid = end.txid;
    queue.intake->begin(&queue.recovered);
    {
      MutexLock lock(queue.space->mutex());
      queue.space->begin_block(clock_.steady_ms());
      queue.topic->set_wake([this] { wake(); });
      queue.topic->remember_early(queue.recovered.early);
    }
    if (!queue.recovered.first) continue;
    std::optional<RecordPlace> place;
    AMPS_RETURN_IF_ERROR(journal_.find(*queue.recovered.first, &place));
    if (!place)
      return Status(AMPS_E_STORE, "queue " + queue.topic->name() + ": the log has lost its oldest message");
    line.reader = journal_.make_reader();
    line.reader->seek(place->begin);
    line.fed_txid = place->txid - 1;
  }
  note_fed();
  AMPS_RETURN_IF_ERROR(feed_all());
  journal_.add_listener(this);
  wake();  // For what became durable before we listened.
  return thread_.start("ampsd-queues", [this] { run(); });
}

void QueueFeeder::stop() noexcept {
  {
    MutexLock lock(mutex_);
    if (std::exchange(stopping_, true)) return;
    wake_.notify_all();
    fed_.notify_all();
  }
  journal_.remove_listener(this);
  thread_.join();
}

void QueueFeeder::wake() noexcept {
  MutexLock lock(mutex_);
  woken_ = true;
  wake_.notify_all();
}

void QueueFeeder::on_durable(std::uint64_t) noexcept {
  wake();
}

void QueueFeeder::run() {
  for (;;) {
    {
      MutexLock lock(mutex_);
      while (!woken_ && !stopping_) wake_.wait(mutex_);
      if (stopping_) return;
      woken_ = false;
      ++rounds_begun_;
    }
    if (const Status status = feed_all(); !status.ok()) {
      // The queues keep what they have; the next record of the log is tried again when it moves on.
      LogLine(log_, AMPS_LOG_ERROR, LogId::kQueueFailed) << "queues cannot read the log: " << status.text();
    }
    note_round();
  }
}

void QueueFeeder::note_round() noexcept {
  std::uint64_t caught_up = UINT64_MAX;
  for (const Line& line : lines_) {
    if (line.queue->topic->wants_more()) caught_up = std::min(caught_up, line.fed_txid);
  }
  const MutexLock lock(mutex_);
  rounds_done_ = rounds_begun_;
  caught_up_txid_ = caught_up;
  fed_.notify_all();
}

bool QueueFeeder::wait_until_fed(std::uint64_t txid, std::chrono::steady_clock::time_point deadline) {
  MutexLock lock(mutex_);
  // Only a round from now on knows who has room now.
  const std::uint64_t round = rounds_begun_ + 1;
  woken_ = true;
  wake_.notify_all();
  const auto is_fed = [&]()
                          AMPS_REQUIRES(mutex_) { return rounds_done_ >= round && caught_up_txid_ >= txid; };
  while (!is_fed() && !stopping_ && fed_.wait_until(mutex_, deadline)) {
  }
  return is_fed();
}

Status QueueFeeder::feed_all() {
  bool progress = true;
  while (progress) {
    progress = false;
    for (Line& line : lines_) {
      if (line.reader != nullptr) AMPS_RETURN_IF_ERROR(catch_up(&line, &progress));
    }
    AMPS_RETURN_IF_ERROR(read_common(journal_.durable_end().position, &progress));
  }
  for (Line& line : lines_) {
    MutexLock lock(line.queue->space->mutex());
    line.queue->space->begin_block(clock_.steady_ms());
    line.queue->topic->on_durable();
  }
  for (const Line& line : lines_) {
    if (line.queue->dead_letters != nullptr) publish_dead(*line.queue);
  }
  journal_.end_block();
  return {};
}

// Without the lock of the queue's space, because they go to others.
void QueueFeeder::publish_dead(const FedQueue& queue) {
  std::vector<DeadLetter> letters;
  {
    MutexLock lock(queue.space->mutex());
    letters = queue.topic->dead();
  }
  std::size_t count = 0;
  while (count < letters.size() && queue.dead_letters->publish(letters[count])) ++count;
  if (count == 0) return;
  MutexLock lock(queue.space->mutex());
  queue.space->begin_block(clock_.steady_ms());
  queue.topic->bury(count);
}

const std::vector<QueueFeeder::Line*>& QueueFeeder::lines_of(const JournalRecord& record) {
  route_key_.assign(record.message_type);
  route_key_ += '\0';
  route_key_ += record.topic;
  const auto found = routes_.find(route_key_);
  if (found != routes_.end()) return found->second;
  if (routes_.size() >= kRoutesMax) routes_.clear();
  std::vector<Line*>& lines = routes_[route_key_];
  for (Line& line : lines_) {
    if (line.queue->intake->covers(record.topic, record.message_type)) lines.push_back(&line);
  }
  return lines;
}

void QueueFeeder::admit(Line* line, const JournalRecord& record, LogPosition place) {
  QueueMessage message;
  if (!line->queue->intake->admit(record, &message)) return;
  line->batch.push_back(std::move(message));
  line->places.push_back(place);
}

Status QueueFeeder::read_common(LogPosition limit, bool* progress) {
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < kRecordsPerTurn && bytes < kBytesPerTurn; ++count) {
    bool found = false;
    JournalRecord record;
    AMPS_RETURN_IF_ERROR(reader_->next(limit, &found, &record));
    if (!found) break;
    *progress = true;
    read_txid_ = record.txid;
    bytes += record.body.size();
    if (record.kind != RecordKind::kPublish) continue;
    for (Line* line : lines_of(record)) {
      if (line->reader == nullptr) admit(line, record, reader_->record_begin());
    }
  }
  for (Line& line : lines_) {
    if (!line.batch.empty()) {
      flush(&line, read_txid_, true);
    } else if (line.reader == nullptr) {
      line.fed_txid = read_txid_;
    }
  }
  note_fed();
  return {};
}

// Up to where the common cursor is; from there on it is fed with the others.
Status QueueFeeder::catch_up(Line* line, bool* progress) {
  if (!line->queue->topic->wants_more()) return {};
  std::size_t bytes = 0;
  std::uint64_t read_txid = line->fed_txid;
  bool found = true;
  for (std::size_t count = 0; found && count < kRecordsPerTurn && bytes < kBytesPerTurn; ++count) {
    JournalRecord record;
    AMPS_RETURN_IF_ERROR(line->reader->next(reader_->position(), &found, &record));
    if (!found) break;
    *progress = true;
    read_txid = record.txid;
    bytes += record.body.size();
    if (record.kind != RecordKind::kPublish) continue;
    const std::vector<Line*>& lines = lines_of(record);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) continue;
    admit(line, record, line->reader->record_begin());
  }
  if (!found) {
    line->reader.reset();
    read_txid = read_txid_;
  }
  flush(line, read_txid, !found);
  note_fed();
  return {};
}

// What the queue has no room for is read again later.
void QueueFeeder::flush(Line* line, std::uint64_t read_txid, bool is_all) {
  QueueTopic& topic = *line->queue->topic;
  std::size_t taken = 0;
  {
    MutexLock lock(line->queue->space->mutex());
    line->queue->space->begin_block(clock_.steady_ms());
    taken = topic.feed(&line->batch, is_all);
    line->queue->space->hand_out();
  }
  journal_.end_block();
  if (taken < line->batch.size()) {
    if (line->reader == nullptr) line->reader = journal_.make_reader();
    line->reader->seek(line->places[taken]);
    line->fed_txid = line->batch[taken].position - 1;
  } else {
    line->fed_txid = read_txid;
    if (line->reader == nullptr) line->queue->intake->forget_settled();
  }
  line->batch.clear();
  line->places.clear();
}

void QueueFeeder::note_fed() noexcept {
  std::uint64_t fed = UINT64_MAX - 1;
  for (const Line& line : lines_) fed = std::min(fed, line.fed_txid);
  fed_txid_.store(fed, std::memory_order_release);
}

}  // namespace amps::broker

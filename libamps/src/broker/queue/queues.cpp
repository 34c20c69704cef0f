// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/queues.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker/configuration_place.h"
#include "broker/log_line.h"
#include "broker/queue/settlement.h"

namespace amps::broker {

Status Queues::make(const std::vector<const QueueConfiguration*>& configurations, const QueuesParts& parts,
                    std::unique_ptr<Queues>* out) {
  std::unique_ptr<Queues> queues(new Queues(parts));
  for (const QueueConfiguration* configuration : configurations) {
    auto entry = std::make_unique<Entry>(configuration);
    entry->fed.space = parts.spaces->find(configuration->message_type);
    AMPS_RETURN_IF_ERROR(placed(
        configuration->place, QueueIntake::make(*configuration, &entry->fed.intake, parts.spaces->types())));
    if (parts.actions != nullptr) {
      entry->fed.dead_letters = std::make_unique<DeadLetters>(
          *configuration, *parts.actions,
          DeadLetters::Parts{parts.spaces, parts.clock, parts.log, parts.instance});
    }
    queues->entries_.push_back(std::move(entry));
  }
  *out = std::move(queues);
  return {};
}

Queues::~Queues() {
  stop();
}

void Queues::recover(const JournalRecord& record) {
  last_txid_ = record.txid;
  last_timestamp_us_ = record.timestamp_us;
  QueueNote note;
  if (record.kind == RecordKind::kQueue && !decode_queue_note(record.body, &note)) return;
  for (const auto& entry : entries_) {
    if (record.kind == RecordKind::kPublish && entry->fed.intake->covers(record.topic, record.message_type)) {
      entry->recovery.on_message(record);
    }
    if (record.kind == RecordKind::kQueue && record.topic == entry->configuration->name &&
        record.message_type == entry->configuration->message_type) {
      if (note.beginning) entry->beginning_txid = record.txid;
      entry->recovery.on_note(note, record.timestamp_us);
    }
  }
}

Status Queues::check_logged(const Entry& entry) const {
  const QueueConfiguration& queue = *entry.configuration;
  for (const std::string* topic : {&queue.underlying_topic, &queue.publish_target}) {
    const bool is_pattern =
        topic == &queue.underlying_topic && queue.underlying_topic != queue.publish_target;
    if (is_pattern || journal_->logs(*topic, queue.message_type)) continue;
    return Status(AMPS_E_USAGE, "queue " + queue.name + ": TransactionLog does not have its topic " + *topic);
  }
  return {};
}

Status Queues::start(Journal* journal) {
  journal_ = journal;
  std::vector<FedQueue*> fed;
  for (const auto& entry : entries_) {
    AMPS_RETURN_IF_ERROR(placed(entry->configuration->place, check_logged(*entry)));
    entry->fed.recovered = entry->recovery.finish(last_txid_, last_timestamp_us_);
    const QueueRecovery::Result& recovered = entry->fed.recovered;
    if (recovered.must_note_beginning)
      AMPS_RETURN_IF_ERROR(note_beginning(entry.get(), recovered.begin_txid));
    const QueueParts parts{entry->fed.space, journal, parts_.clock, parts_.log,
                           entry->fed.dead_letters.get()};
    entry->fed.topic = std::make_unique<QueueTopic>(*entry->configuration, parts);
    LogLine(*parts_.log, AMPS_LOG_INFO, LogId::kQueueRead)
        << "queue " << entry->configuration->name << " (" << entry->configuration->message_type << ") has "
        << std::uint64_t{recovered.message_count} << " messages";
    MutexLock lock(entry->fed.space->mutex());
    entry->fed.space->declare_queue(entry->fed.topic.get());
    fed.push_back(&entry->fed);
  }
  journal_->end_block();
  feeder_ = std::make_unique<QueueFeeder>(journal, fed, *parts_.clock, parts_.log);
  journal_->add_hold(this);
  return feeder_->start();
}

void Queues::stop() noexcept {
  if (feeder_ == nullptr) return;
  for (const auto& entry : entries_) {
    MutexLock lock(entry->fed.space->mutex());
    entry->fed.topic->set_wake([] {});
  }
  feeder_->stop();
  journal_->remove_hold(this);  // Before the feeder goes, which it asks.
  feeder_.reset();
}

Status Queues::note_beginning(Entry* entry, std::uint64_t after_txid) {
  Buffer body;
  encode_beginning(after_txid, recovery_point_text(*entry->configuration), &body);
  JournalRecord record;
  record.kind = RecordKind::kQueue;
  record.topic = entry->configuration->name;
  record.message_type = entry->configuration->message_type;
  record.body = body.view();
  AMPS_RETURN_IF_ERROR(journal_->append(&record, nullptr));
  entry->beginning_txid = record.txid;
  return {};
}

// A note that stands before everything else the queue needs would keep old files for ever, so it is
// written again, and the old one may go when the new one is durable.
std::uint64_t Queues::oldest_needed_txid() {
  std::uint64_t oldest = feeder_->unfed_txid();  // Before the queues are asked.
  for (const auto& entry : entries_) {
    std::uint64_t message_txid = UINT64_MAX;
    {
      MutexLock lock(entry->fed.space->mutex());
      message_txid = entry->fed.topic->oldest_needed_txid();
    }
    oldest = std::min(oldest, message_txid);
    const std::uint64_t noted = entry->beginning_txid;
    if (noted == 0) continue;
    oldest = std::min(oldest, noted);
    if (noted >= std::min(message_txid, journal_->durable_txid())) continue;
    // While the log is full the old note stays, and is needed.
    static_cast<void>(note_beginning(entry.get(), entry->fed.recovered.begin_txid));
  }
  journal_->end_block();
  return oldest;
}

}  // namespace amps::broker

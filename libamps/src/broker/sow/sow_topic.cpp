// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/sow_topic.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "broker/format/merge.h"
#include "broker/sow/record_key.h"

namespace amps::broker {

namespace {

constexpr std::uint64_t kSlabOverhead = 64;     // Of a slab, not available to a record.
constexpr int kExpiriesPerTurn = 1'000;         // Then others get the lock.
constexpr std::uint64_t kLookAgainMs = 60'000;  // The wall clock may have been set in between.
constexpr std::uint64_t kExpiryMax = 1u << 31;  // Seconds; more is for ever.

SavedChange saved_of(const Change& change) noexcept {
  SavedChange saved;
  saved.removes = change.removes();
  saved.timestamp_us = change.timestamp_us;
  saved.expires_us = change.expires_us;
  saved.txid = change.txid;
  saved.key = change.key;
  saved.correlation_id = change.correlation_id;
  saved.body = change.current;
  return saved;
}

}  // namespace

SowTopic::SowTopic(TopicSpace* space, const SowTopicConfiguration& configuration)
    : space_(space),
      configuration_(configuration),
      domain_(configuration.key_domain.empty() ? configuration.name : configuration.key_domain),
      records_(configuration.keys.empty()),
      history_(configuration.history ? std::make_unique<History>(*configuration.history) : nullptr) {}

Status SowTopic::declare(TopicSpace* space, const SowTopicConfiguration& configuration, SowWriter* writer,
                         const InstanceFacts* instance) {
  std::unique_ptr<SowTopic> topic(new SowTopic(space, configuration));
  topic->instance_ = instance;
  if (space->find(configuration.name) != nullptr) {
    return Status(AMPS_E_USAGE, "topic " + configuration.name + " is declared twice");
  }
  AMPS_RETURN_IF_ERROR(topic->open(writer));
  SowTopic* const added = topic.get();
  added->topic_ = space->declare(configuration.name, std::move(topic));
  if (configuration.expires || configuration.history) {
    space->add_timed_work(added);
    space->wake_at(0);  // Records of the file may be overdue.
  }
  return {};
}

Status SowTopic::open(SowWriter* writer) {
  format_ = space_->format();
  Status status = KeyReader::make(format_, configuration_.keys, &keys_);
  deltas_.set(format_, keys_.paths());
  if (status.ok())
    status = ComputedFields::make(configuration_.preprocessing, format_, false, &preprocessing_);
  if (status.ok()) status = ComputedFields::make(configuration_.enrichment, format_, true, &enrichment_);
  if (status.ok() && keys_.has_fields()) status = records_.add_index(configuration_.keys, format_);
  for (const std::vector<std::string>& paths : configuration_.hash_indexes) {
    if (status.ok()) status = records_.add_index(paths, format_);
  }
  if (!status.ok()) return Status(status.code(), "topic " + configuration_.name + ": " + status.text());
  if (!configuration_.is_persistent) return {};
  if (configuration_.file_name.empty()) {
    return Status(AMPS_E_USAGE, "topic " + configuration_.name + " is persistent and has no file name");
  }
  std::string about =
      configuration_.message_type + " " + configuration_.name + " domain " + domain_ + " keys";
  for (const std::string& key : configuration_.keys) about += " " + key;
  writer_ = writer;
  return writer_->open(
      configuration_.file_name, about,
      [this](const SavedChange& change) {
        file_txid_ = std::max(file_txid_, change.txid);
        return load(change);
      },
      [this] {
        MutexLock lock(space_->mutex());
        return KeptRecords{records_.snapshot(),
                           history_ == nullptr ? VersionSnapshot() : history_->versions()};
      },
      &file_);
}

// What a file or the transaction log says is final: nothing is checked against rules that may have changed.
Status SowTopic::load(const SavedChange& saved) {
  Record::Parts parts;
  parts.key = saved.key;
  parts.body = saved.body;
  parts.correlation_id = saved.correlation_id;
  parts.timestamp_us = saved.timestamp_us;
  parts.expires_us = saved.expires_us;
  parts.txid = saved.txid;
  slot_ = records_.find_key(saved.key);
  if (saved.removes) {
    if (slot_ != RecordStore::kNone) remove(saved.timestamp_us, saved.txid);
    return {};
  }
  if (keys_.has_fields()) AMPS_RETURN_IF_ERROR(keys_.read(saved.body, &identity_));
  parts.identity = identity_;
  keep(parts);
  return {};
}

// The file has everything up to its newest transaction, because changes are written in their order.
Status SowTopic::recover(const Change& change, std::string_view expiration) {
  space_->mutex().assert_held();
  if (change.txid <= file_txid_ || (file_ == nullptr && !configuration_.recover_from_epoch)) return {};
  SavedChange saved = saved_of(change);
  if (!saved.removes) saved.expires_us = expiry_of(expiration, change.timestamp_us);
  AMPS_RETURN_IF_ERROR(load(saved));
  if (file_ != nullptr) writer_->append(file_, saved);
  return {};
}

Status SowTopic::end_recovery(std::uint64_t txid) {
  if (file_txid_ <= txid) return {};
  return Status(AMPS_E_STORE, configuration_.file_name + ": topic " + configuration_.name +
                                  " was kept up to transaction " + std::to_string(file_txid_) +
                                  ", but the transaction log ends with " + std::to_string(txid) +
                                  "; bring that log back, or remove the file and what it keeps");
}

void SowTopic::keep(const Record::Parts& parts) {
  if (slot_ == RecordStore::kNone) {
    records_.insert(Record::make(parts));
  } else {
    remember(records_.update(slot_, Record::make(parts)), parts.timestamp_us, parts.txid, false);
  }
}

void SowTopic::remove(std::uint64_t at_us, std::uint64_t at_txid) {
  remember(records_.remove(slot_), at_us, at_txid, true);
}

// `version` is not current from that moment on.
void SowTopic::remember(const RecordRef& version, std::uint64_t at_us, std::uint64_t at_txid, bool is_last) {
  if (history_ == nullptr) return;
  space_->mutex().assert_held();
  history_->add(version, at_us, at_txid, is_last);
  history_->forget(space_->now_us());
  if (history_->count() == 1) space_->wake_at(steady_ms_of(history_->due_us()));
}

void SowTopic::save(const Change& change) {
  if (file_ == nullptr) return;
  saved_point_ = writer_->append(file_, saved_of(change));
}

Status SowTopic::compute(ComputedFields* fields, std::string_view previous, Publish* publish, Buffer* out) {
  ComputedFields::Facts facts;
  facts.message.topic = configuration_.name;
  facts.message.correlation_id = publish->correlation_id;
  facts.message.sow_key = publish->sow_key;
  facts.message.size_bytes = publish->body.size();
  if (publish->publisher != nullptr) {
    facts.connection.client_name = publish->publisher->client_name;
    facts.connection.user = publish->publisher->user;
  }
  facts.instance = instance_;
  AMPS_RETURN_IF_ERROR(fields->apply(publish->body, previous, facts, out));
  publish->body = out->view();
  return check_size(publish->body);
}

Status SowTopic::enrich(Publish* publish) {
  if (enrichment_ == nullptr) return {};
  const std::string_view previous = slot_ == RecordStore::kNone ? "" : records_.at(slot_)->body();
  return compute(enrichment_.get(), previous, publish, &enriched_);
}

Status SowTopic::find_key(const Publish& publish) {
  identity_.clear();
  key_.clear();
  if (!keys_.has_fields()) {
    if (!is_supplied_key(publish.sow_key)) {
      return Status(AMPS_E_BAD_SOW_KEY, publish.sow_key.empty()
                                            ? "topic " + configuration_.name + " needs a supplied sow_key"
                                            : "sow_key is not 1 to 1024 base64 characters");
    }
    key_ = publish.sow_key;
    slot_ = records_.find_identity(key_);
    return {};
  }
  AMPS_RETURN_IF_ERROR(keys_.read(publish.body, &identity_));
  slot_ = records_.find_identity(identity_);
  return {};
}

// A handle that two records would share is refused here, so that it never names the wrong one.
Status SowTopic::take_new_key() {
  if (identity_.empty()) return {};
  key_ = std::to_string(record_handle(domain_, identity_));
  if (records_.find_key(key_) == RecordStore::kNone) return {};
  return Status(AMPS_E_BAD_SOW_KEY, "sow_key " + key_ + " of the new record is that of another record");
}

std::uint64_t SowTopic::expiry_of(std::string_view expiration, std::uint64_t from_us) const {
  if (!configuration_.expires) return 0;
  std::uint64_t seconds = 0;
  if (expiration.empty()) {
    if (configuration_.expiration_ms == 0) return 0;
    return from_us + configuration_.expiration_ms * 1000;
  }
  const auto [end, error] =
      std::from_chars(expiration.data(), expiration.data() + expiration.size(), seconds);
  static_cast<void>(end);
  if (error != std::errc() || seconds == 0 || seconds > kExpiryMax) return 0;
  return from_us + seconds * 1'000'000;
}

// A publish to a record that is overdue makes a new one.
Status SowTopic::expire_overdue() {
  if (slot_ == RecordStore::kNone || !records_.at(slot_)->is_overdue(space_->now_us())) return {};
  std::string identity = identity_;
  std::string key = key_;
  AMPS_RETURN_IF_ERROR(space_->remove_record(topic_, slot_, ChangeKind::kExpire, nullptr));
  identity_ = std::move(identity);
  key_ = std::move(key);
  slot_ = RecordStore::kNone;
  return {};
}

Status SowTopic::check_size(std::string_view body) const {
  if (body.size() + kSlabOverhead <= configuration_.slab_bytes) return {};
  return Status(AMPS_E_PUBLISH,
                "record of " + std::to_string(body.size()) + " bytes exceeds limit of " +
                    std::to_string(configuration_.slab_bytes - kSlabOverhead),
                "record too large");
}

// A record that cannot be read is replaced: there is nothing to merge into.
Status SowTopic::merge_delta(Publish* publish) {
  if (format_ == nullptr || !format_->traits().deltas) return {};
  AMPS_RETURN_IF_ERROR(format_->parse(publish->body, &delta_document_));
  if (!format_->parse(previous_->body(), &record_document_).ok()) return {};
  merge(delta_document_, &record_document_);
  merged_.clear();
  AMPS_RETURN_IF_ERROR(format_->write(record_document_, &merged_));
  publish->body = merged_.view();
  return check_size(publish->body);
}

Status SowTopic::prepare(Publish* publish, Change* change) {
  space_->mutex().assert_held();
  AMPS_RETURN_IF_ERROR(check_size(publish->body));
  if (file_ != nullptr) AMPS_RETURN_IF_ERROR(writer_->failure(file_));
  if (preprocessing_ != nullptr) {
    AMPS_RETURN_IF_ERROR(compute(preprocessing_.get(), {}, publish, &preprocessed_));
  }
  AMPS_RETURN_IF_ERROR(find_key(*publish));
  AMPS_RETURN_IF_ERROR(expire_overdue());
  AMPS_RETURN_IF_ERROR(enrich(publish));
  if (slot_ == RecordStore::kNone) {
    AMPS_RETURN_IF_ERROR(take_new_key());
    previous_ = {};
    change->kind = ChangeKind::kInsert;
  } else {
    previous_ = records_.at(slot_);
    key_ = previous_->key();
    change->kind = ChangeKind::kUpdate;
    change->previous = previous_->body();
    change->previous_correlation_id = previous_->correlation_id();
    if (publish->delta) {
      AMPS_RETURN_IF_ERROR(merge_delta(publish));
      if (publish->correlation_id.empty()) publish->correlation_id = previous_->correlation_id();
    }
  }
  change->key = key_;
  change->current = publish->body;
  change->correlation_id = publish->correlation_id;
  change->expires_us = expiry_of(publish->expiration, space_->now_us());
  return {};
}

Status SowTopic::locate(const Publish& publish, RecordStore::Slot* slot) {
  Publish preprocessed = publish;
  if (preprocessing_ != nullptr) {
    AMPS_RETURN_IF_ERROR(compute(preprocessing_.get(), {}, &preprocessed, &preprocessed_));
  }
  AMPS_RETURN_IF_ERROR(find_key(preprocessed));
  *slot = slot_;
  return {};
}

Status SowTopic::prepare_removal(RecordStore::Slot slot, Change* change) {
  slot_ = slot;
  previous_ = records_.at(slot);
  change->key = previous_->key();
  change->previous = previous_->body();
  change->previous_correlation_id = previous_->correlation_id();
  return {};
}

void SowTopic::commit(const Change& change) {
  space_->mutex().assert_held();
  save(change);
  if (change.removes()) {
    remove(change.timestamp_us, change.txid);
    return;
  }
  Record::Parts parts;
  parts.key = key_;
  parts.identity = identity_;
  parts.body = change.current;
  parts.correlation_id = change.correlation_id;
  parts.timestamp_us = change.timestamp_us;
  parts.expires_us = change.expires_us;
  parts.txid = change.txid;
  keep(parts);
  if (change.expires_us != 0) space_->wake_at(steady_ms_of(change.expires_us));
}

std::uint64_t SowTopic::steady_ms_of(std::uint64_t utc_us) const {
  const std::uint64_t now_us = space_->now_us();
  const std::uint64_t wait_ms = utc_us <= now_us ? 0 : (utc_us - now_us) / 1000 + 1;
  return space_->now_ms() + std::min(wait_ms, kLookAgainMs);
}

std::uint64_t SowTopic::run_due(std::uint64_t now_ms) {
  space_->mutex().assert_held();
  if (history_ != nullptr) {
    history_->forget(space_->now_us());
    return history_->count() == 0 ? UINT64_MAX : steady_ms_of(history_->due_us());
  }
  std::uint64_t expires_us = 0;
  for (int count = 0; count < kExpiriesPerTurn; ++count) {
    const RecordStore::Slot slot = records_.next_to_expire(&expires_us);
    if (slot == RecordStore::kNone) return UINT64_MAX;
    if (expires_us > space_->now_us()) return steady_ms_of(expires_us);
    static_cast<void>(space_->remove_record(topic_, slot, ChangeKind::kExpire, nullptr));
  }
  return now_ms;
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/view/derived_topic.h"

#include <cassert>
#include <memory>
#include <utility>

namespace amps::broker {

Status DerivedTopic::declare(TopicSpace* space, std::string_view name, DerivedTopic** out) {
  const Topic* const existing = space->find(name);
  if (existing != nullptr && existing->store != nullptr) {
    return Status(AMPS_E_USAGE, "topic " + std::string(name) + " is declared twice");
  }
  std::unique_ptr<DerivedTopic> store(new DerivedTopic(space));
  *out = store.get();
  (*out)->topic_ = space->declare(name, std::move(store));
  return {};
}

Status DerivedTopic::add_indexes(const std::vector<std::vector<std::string>>& indexes) {
  for (const std::vector<std::string>& paths : indexes) {
    const Status status = records_.add_index(paths, space_.format());
    if (!status.ok()) return Status(status.code(), "topic " + topic_->name + ": " + status.text());
  }
  return {};
}

Status DerivedTopic::prepare(Publish*, Change*) {
  return Status(AMPS_E_INVALID_TOPIC,
                "topic " + topic_->name + " is derived from others; nobody publishes to it");
}

void DerivedTopic::commit(const Change&) {
  assert(false && "nothing is ever prepared");
}

DerivedTopic* DerivedTopic::make_private(TopicSpace* space, Topic* topic) {
  std::unique_ptr<DerivedTopic> store(new DerivedTopic(space));
  DerivedTopic* const made = store.get();
  made->topic_ = topic;
  topic->store = std::move(store);
  return made;
}

Difference DerivedTopic::difference(const Change& change, std::string* out) {
  return deltas_of_ != nullptr ? deltas_of_->difference(change, out) : deltas_.difference(change, out);
}

Status DerivedTopic::put(const Entry& entry) {
  space_.mutex().assert_held();
  const std::string_view key = entry.key.empty() ? entry.identity : entry.key;
  const RecordStore::Slot slot = records_.find_identity(entry.identity);
  if (slot == RecordStore::kNone && records_.find_key(key) != RecordStore::kNone) {
    return Status(AMPS_E_BAD_SOW_KEY,
                  "sow_key " + std::string(key) + " of a new record is that of another record");
  }
  Record::Parts parts;
  parts.identity = entry.identity;
  parts.key = key;
  parts.body = entry.body;
  parts.correlation_id = entry.correlation_id;
  parts.timestamp_us = space_.now_us();
  const RecordRef record = Record::make(parts);
  RecordRef previous;  // Until everybody was told.
  Change change;
  change.kind = slot == RecordStore::kNone ? ChangeKind::kInsert : ChangeKind::kUpdate;
  if (slot == RecordStore::kNone) {
    records_.insert(record);
  } else {
    previous = records_.update(slot, record);
    change.previous = previous->body();
    change.previous_correlation_id = previous->correlation_id();
  }
  change.topic = topic_;
  change.key = record->key();
  change.current = record->body();
  change.correlation_id = record->correlation_id();
  change.timestamp_us = parts.timestamp_us;
  space_.announce(topic_, change);
  return {};
}

void DerivedTopic::remove(std::string_view identity) {
  space_.mutex().assert_held();
  const RecordStore::Slot slot = records_.find_identity(identity);
  if (slot == RecordStore::kNone) return;
  const RecordRef previous = records_.remove(slot);
  Change change;
  change.kind = ChangeKind::kDelete;
  change.topic = topic_;
  change.key = previous->key();
  change.previous = previous->body();
  change.previous_correlation_id = previous->correlation_id();
  change.timestamp_us = space_.now_us();
  space_.announce(topic_, change);
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_store.h"

#include "base/random_hash.h"

namespace amps::broker {

namespace {

std::uint32_t hash_of(std::string_view text) noexcept {
  return static_cast<std::uint32_t>(RandomHash()(text));
}

}  // namespace

RecordStore::Slot RecordStore::find_identity(std::string_view identity) const {
  return by_identity_.find(hash_of(identity), [&](Slot slot) { return at(slot)->identity() == identity; });
}

RecordStore::Slot RecordStore::find_key(std::string_view key) const {
  if (has_own_keys_) return find_identity(key);
  return by_key_.find(hash_of(key), [&](Slot slot) { return at(slot)->key() == key; });
}

Status RecordStore::add_index(const std::vector<std::string>& paths, const MessageFormat* format) {
  auto index = std::make_unique<HashIndex>();
  AMPS_RETURN_IF_ERROR(HashIndex::make(paths, format, index.get()));
  indexes_.push_back(std::move(index));
  return {};
}

bool RecordStore::find(const Program& filter, std::vector<Slot>* out) const {
  for (const auto& index : indexes_) {
    if (index->find(filter, out)) return true;
  }
  return false;
}

RecordStore::Slot RecordStore::insert(RecordRef record) {
  const Record& added = *record;
  record_bytes_ += added.memory_bytes();
  const Slot slot = table_.add(std::move(record));
  by_identity_.insert(hash_of(added.identity()), slot);
  if (!has_own_keys_) by_key_.insert(hash_of(added.key()), slot);
  for (const auto& index : indexes_) index->insert(slot, added.body());
  schedule(slot, added);
  return slot;
}

RecordRef RecordStore::update(Slot slot, RecordRef record) {
  const Record& added = *record;
  RecordRef previous = table_.replace(slot, std::move(record));
  record_bytes_ += added.memory_bytes() - previous->memory_bytes();
  for (const auto& index : indexes_) index->update(slot, added.body());
  if (previous->expires_us() != added.expires_us()) {
    unschedule(slot, *previous);
    schedule(slot, added);
  }
  return previous;
}

RecordRef RecordStore::remove(Slot slot) {
  RecordRef previous = table_.remove(slot);
  record_bytes_ -= previous->memory_bytes();
  by_identity_.erase(hash_of(previous->identity()), slot);
  if (!has_own_keys_) by_key_.erase(hash_of(previous->key()), slot);
  for (const auto& index : indexes_) index->remove(slot);
  unschedule(slot, *previous);
  return previous;
}

void RecordStore::schedule(Slot slot, const Record& record) {
  if (record.expires_us() != 0) expiries_.emplace(record.expires_us(), slot);
}

void RecordStore::unschedule(Slot slot, const Record& record) {
  if (record.expires_us() != 0) expiries_.erase({record.expires_us(), slot});
}

RecordStore::Slot RecordStore::next_to_expire(std::uint64_t* expires_us) const {
  if (expiries_.empty()) return kNone;
  *expires_us = expiries_.begin()->first;
  return expiries_.begin()->second;
}

std::size_t RecordStore::memory_bytes() const noexcept {
  constexpr std::size_t kSetNodeBytes = 48;
  std::size_t index_bytes = 0;
  for (const auto& index : indexes_) index_bytes += index->memory_bytes();
  return index_bytes + record_bytes_ + table_.count() * sizeof(RecordRef) + by_identity_.memory_bytes() +
         by_key_.memory_bytes() + expiries_.size() * kSetNodeBytes;
}

std::vector<RecordRef> RecordStore::all() const {
  std::vector<RecordRef> records;
  records.reserve(count());
  for (const ChunkRef& chunk : table_.snapshot()) {
    for (const RecordRef& record : chunk->items) {
      if (record) records.push_back(record);
    }
  }
  return records;
}

}  // namespace amps::broker

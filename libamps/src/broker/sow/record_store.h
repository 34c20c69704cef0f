// SPDX-License-Identifier: Apache-2.0
// The records of one topic with everything that finds them: by identity, by key, by time of expiry.
// Topics, views and conflated topics keep their state in one.
// Threads: under the lock of the topic space; snapshots on any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/sow/hash_index.h"
#include "broker/sow/record.h"
#include "broker/sow/record_table.h"
#include "broker/sow/slot_index.h"

namespace amps::broker {

class RecordStore {
 public:
  using Slot = RecordTable::Slot;
  static constexpr Slot kNone = SlotIndex::kNone;

  // `has_own_keys`: keys are identities, so one index serves both.
  explicit RecordStore(bool has_own_keys) noexcept : has_own_keys_(has_own_keys) {}

  // kNone: there is no such record.
  Slot find_identity(std::string_view identity) const;
  Slot find_key(std::string_view key) const;
  const RecordRef& at(Slot slot) const noexcept { return table_.at(slot); }
  // The record itself; none: there is no such record.
  RecordRef with_identity(std::string_view identity) const { return at_or_none(find_identity(identity)); }
  RecordRef with_key(std::string_view key) const { return at_or_none(find_key(key)); }

  // Requires: neither identity nor key is there. Room for 2^32 - 2 records.
  Slot insert(RecordRef record);
  // Requires: the record has identity and key of the one that is there, which is returned.
  RecordRef update(Slot slot, RecordRef record);
  RecordRef remove(Slot slot);

  // Adds an index over these paths. Fails with AMPS_E_USAGE. Requires: there are no records yet.
  Status add_index(const std::vector<std::string>& paths, const MessageFormat* format);
  // The slots of all records that the filter may accept, in order. False: no index serves the filter.
  bool find(const Program& filter, std::vector<Slot>* out) const;

  std::size_t count() const noexcept { return table_.count(); }
  RecordSnapshot snapshot() const { return table_.snapshot(); }
  std::vector<RecordRef> all() const;  // For what has to look at every record anyway.
  // The first record to expire, and when. kNone: none will.
  Slot next_to_expire(std::uint64_t* expires_us) const;
  // Of records and indexes.
  std::size_t memory_bytes() const noexcept;

 private:
  RecordRef at_or_none(Slot slot) const { return slot == kNone ? RecordRef() : at(slot); }
  void schedule(Slot slot, const Record& record);
  void unschedule(Slot slot, const Record& record);

  const bool has_own_keys_;
  RecordTable table_;
  SlotIndex by_identity_;
  SlotIndex by_key_;
  std::set<std::pair<std::uint64_t, Slot>> expiries_;
  std::vector<std::unique_ptr<HashIndex>> indexes_;
  std::size_t record_bytes_ = 0;
};

}  // namespace amps::broker

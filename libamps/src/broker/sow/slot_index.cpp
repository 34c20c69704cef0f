// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/slot_index.h"

#include <utility>

namespace amps::broker {

namespace {

constexpr std::size_t kEntriesMin = 16;
// Per insertion. The new table is twice as large, so the old one is empty long before it is full.
constexpr std::size_t kMovesPerInsertion = 8;

}  // namespace

void SlotIndex::Table::insert(Entry entry) {
  std::size_t at = entry.hash & mask();
  while (entries[at].slot != kNone) at = (at + 1) & mask();
  entries[at] = entry;
  ++count;
}

bool SlotIndex::Table::erase(std::uint32_t hash, std::uint32_t slot) {
  if (entries.empty()) return false;
  for (std::size_t at = hash & mask(); entries[at].slot != kNone; at = (at + 1) & mask()) {
    if (entries[at].slot != slot || entries[at].hash != hash) continue;
    erase_at(at);
    return true;
  }
  return false;
}

// Closes the gap with entries that would be looked for across it.
void SlotIndex::Table::erase_at(std::size_t at) {
  --count;
  for (std::size_t next = (at + 1) & mask(); entries[next].slot != kNone; next = (next + 1) & mask()) {
    const std::size_t home = entries[next].hash & mask();
    if (((next - home) & mask()) < ((next - at) & mask())) continue;
    entries[at] = entries[next];
    at = next;
  }
  entries[at].slot = kNone;
}

void SlotIndex::grow() {
  while (old_.count != 0) move_some();
  const std::size_t size = new_.entries.empty() ? kEntriesMin : new_.entries.size() * 2;
  old_ = std::exchange(new_, {});
  new_.entries.resize(size);
  moved_ = 0;
}

void SlotIndex::move_some() {
  for (std::size_t i = 0; i < kMovesPerInsertion && old_.count != 0; ++i) {
    // Erasing may pull an entry into the place: look at it again.
    const Entry entry = old_.entries[moved_];
    if (entry.slot == kNone) {
      moved_ = (moved_ + 1) & old_.mask();
      continue;
    }
    old_.erase_at(moved_);
    new_.insert(entry);
  }
  if (old_.count == 0) old_ = {};
}

void SlotIndex::insert(std::uint32_t hash, std::uint32_t slot) {
  if (old_.count != 0) move_some();
  if ((count() + 1) * 4 > new_.entries.size() * 3) grow();
  new_.insert({hash, slot});
}

void SlotIndex::erase(std::uint32_t hash, std::uint32_t slot) {
  if (!new_.erase(hash, slot)) static_cast<void>(old_.erase(hash, slot));
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_table.h"

#include <utility>

namespace amps::broker {

RecordTable::Slot RecordTable::add(RecordRef record) {
  Slot slot = slot_count_;
  if (!free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  } else {
    if (slot % RecordChunk::kSlots == 0) chunks_.emplace_back();
    ++slot_count_;
  }
  replace(slot, std::move(record));
  return slot;
}

RecordRef RecordTable::replace(Slot slot, RecordRef record) {
  RecordRef& place = chunks_[slot / RecordChunk::kSlots].writable()->items[slot % RecordChunk::kSlots];
  return std::exchange(place, std::move(record));
}

RecordRef RecordTable::remove(Slot slot) {
  free_.push_back(slot);
  return replace(slot, {});
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_table.h"

namespace amps::broker {

RecordChunk* ChunkRef::writable() {
  // Acquire: a snapshot that has just let go has finished reading.
  if (chunk_->references_.load(std::memory_order_acquire) != 1) {
    ChunkRef copy;
    copy.chunk_->records = chunk_->records;
    *this = std::move(copy);
  }
  return chunk_;
}

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
  RecordRef& place = chunks_[slot / RecordChunk::kSlots].writable()->records[slot % RecordChunk::kSlots];
  return std::exchange(place, std::move(record));
}

RecordRef RecordTable::remove(Slot slot) {
  free_.push_back(slot);
  return replace(slot, {});
}

}  // namespace amps::broker

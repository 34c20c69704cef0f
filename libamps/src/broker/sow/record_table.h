// SPDX-License-Identifier: Apache-2.0
// The records of a topic in numbered slots, of which a snapshot costs one reference for every 256.
// Threads: the table under the lock of its topic space; a snapshot on any thread, one at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "broker/sow/record.h"
#include "broker/sow/shared_chunk.h"

namespace amps::broker {

using RecordChunk = SharedChunk<RecordRef>;
using ChunkRef = SharedChunkRef<RecordRef>;
using RecordSnapshot = std::vector<ChunkRef>;

class RecordTable {
 public:
  using Slot = std::uint32_t;

  // Requires: fewer than 2^32 - 1 slots are in use.
  Slot add(RecordRef record);
  const RecordRef& at(Slot slot) const noexcept {
    return chunks_[slot / RecordChunk::kSlots]->items[slot % RecordChunk::kSlots];
  }
  // Returns what was there. An empty slot is used again.
  RecordRef replace(Slot slot, RecordRef record);
  RecordRef remove(Slot slot);

  std::size_t count() const noexcept { return slot_count_ - free_.size(); }
  RecordSnapshot snapshot() const { return chunks_; }

 private:
  RecordSnapshot chunks_;
  std::vector<Slot> free_;
  Slot slot_count_ = 0;  // Ever used.
};

}  // namespace amps::broker

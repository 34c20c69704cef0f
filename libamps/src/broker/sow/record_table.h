// SPDX-License-Identifier: Apache-2.0
// The records of a topic in numbered slots, of which a snapshot costs one reference for every 256: slots
// are kept in chunks, and a chunk that a snapshot shares is copied before it is changed.
// Threads: the table under the lock of its topic space; a snapshot on any thread, one at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "broker/sow/record.h"

namespace amps::broker {

class RecordChunk {
 public:
  static constexpr std::uint32_t kSlots = 256;  // Copying one costs some microseconds.
  std::array<RecordRef, kSlots> records;

 private:
  friend class ChunkRef;
  std::atomic<std::uint32_t> references_{1};
};

// Counts references inside the chunk: the table and its snapshots own it together.
class ChunkRef {
 public:
  ChunkRef() : chunk_(new RecordChunk) {}
  ChunkRef(const ChunkRef& other) noexcept : chunk_(other.chunk_) {
    chunk_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  ChunkRef(ChunkRef&& other) noexcept : chunk_(std::exchange(other.chunk_, nullptr)) {}
  ChunkRef& operator=(ChunkRef other) noexcept {
    std::swap(chunk_, other.chunk_);
    return *this;
  }
  ~ChunkRef() {
    // Acquire makes the last owner see that the others have finished reading.
    if (chunk_ != nullptr && chunk_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete chunk_;
  }

  const RecordChunk* operator->() const noexcept { return chunk_; }
  // The chunk to write to: a copy if others read this one.
  RecordChunk* writable();

 private:
  RecordChunk* chunk_;
};

using RecordSnapshot = std::vector<ChunkRef>;

class RecordTable {
 public:
  using Slot = std::uint32_t;

  // Requires: fewer than 2^32 - 1 slots are in use.
  Slot add(RecordRef record);
  const RecordRef& at(Slot slot) const noexcept {
    return chunks_[slot / RecordChunk::kSlots]->records[slot % RecordChunk::kSlots];
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

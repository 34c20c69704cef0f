// SPDX-License-Identifier: Apache-2.0
// Items in chunks that lists and their snapshots share: a snapshot costs one reference a chunk, and a chunk
// that a snapshot shares is copied before it is changed.
// Threads: a list under the lock of its topic space; a snapshot on any thread, one at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

namespace amps::broker {

template <typename Item>
class SharedChunkRef;

template <typename Item>
class SharedChunk {
 public:
  static constexpr std::uint32_t kSlots = 256;  // Copying one costs some microseconds.
  std::array<Item, kSlots> items;

 private:
  friend class SharedChunkRef<Item>;
  std::atomic<std::uint32_t> references_{1};
};

// Counts references inside the chunk: the list and its snapshots own it together.
template <typename Item>
class SharedChunkRef {
 public:
  using Chunk = SharedChunk<Item>;

  SharedChunkRef() : chunk_(new Chunk) {}
  SharedChunkRef(const SharedChunkRef& other) noexcept : chunk_(other.chunk_) {
    chunk_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  SharedChunkRef(SharedChunkRef&& other) noexcept : chunk_(std::exchange(other.chunk_, nullptr)) {}
  SharedChunkRef& operator=(SharedChunkRef other) noexcept {
    std::swap(chunk_, other.chunk_);
    return *this;
  }
  ~SharedChunkRef() {
    // Acquire makes the last owner see that the others have finished reading.
    if (chunk_ != nullptr && chunk_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete chunk_;
  }

  const Chunk* operator->() const noexcept { return chunk_; }
  // The chunk to write to: a copy if others read this one.
  Chunk* writable() {
    // Acquire: a snapshot that has just let go has finished reading.
    if (chunk_->references_.load(std::memory_order_acquire) != 1) {
      SharedChunkRef copy;
      copy.chunk_->items = chunk_->items;
      *this = std::move(copy);
    }
    return chunk_;
  }

 private:
  Chunk* chunk_;
};

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Encoded frames that several outboxes send: filled by one thread, then only read, given back by the
// last.
// Threads: a block is filled by its maker; after the first copy of the reference anybody reads. A pool
// may be used from any thread and outlives its blocks. Lock rank: kLeaf.
#pragma once

#include <atomic>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "base/sync.h"

namespace amps::broker {

class BlockPool;

class SharedBlock {
 public:
  Buffer bytes;

 private:
  friend class BlockPool;
  friend class SharedBlockRef;
  explicit SharedBlock(BlockPool* pool) noexcept : pool_(pool) {}

  BlockPool* const pool_;  // None: freed after use.
  std::atomic<int> references_{1};
};

// Counts references inside the block: the owners are the outboxes of all subscribers of a message,
// and the last one is unknown in advance.
class SharedBlockRef {
 public:
  SharedBlockRef() noexcept = default;
  static SharedBlockRef make() { return SharedBlockRef(new SharedBlock(nullptr)); }
  SharedBlockRef(const SharedBlockRef& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  SharedBlockRef(SharedBlockRef&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedBlockRef& operator=(SharedBlockRef other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedBlockRef() {
    // Release orders our reads before the reuse; acquire makes the last owner see those of all others.
    if (block_ != nullptr && block_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) dispose();
  }

  explicit operator bool() const noexcept { return block_ != nullptr; }
  SharedBlock* operator->() const noexcept { return block_; }
  bool is_unique() const noexcept { return block_->references_.load(std::memory_order_acquire) == 1; }

 private:
  friend class BlockPool;
  explicit SharedBlockRef(SharedBlock* block) noexcept : block_(block) {}
  void dispose() noexcept;
  SharedBlock* block_ = nullptr;
};

// Keeps blocks for reuse. Blocks are made on one thread and let go on another, and the size of one read;
// given back to the system each time they would cost page faults and contended heap locks.
class BlockPool {
 public:
  BlockPool() = default;
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  SharedBlockRef take();  // Empty, with whatever capacity it had.

 private:
  friend class SharedBlockRef;
  void give_back(SharedBlock* block) noexcept;

  Mutex mutex_{LockRank::kLeaf};
  std::vector<SharedBlock*> free_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::broker

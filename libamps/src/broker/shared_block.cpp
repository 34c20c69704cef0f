// SPDX-License-Identifier: Apache-2.0
#include "broker/shared_block.h"

#include <new>

namespace amps::broker {

namespace {

constexpr std::size_t kBlocksMax = 64;
constexpr std::size_t kBlockBytesMax = 262'144;  // Larger ones held a large message, and are not kept.

}  // namespace

void SharedBlockRef::dispose() noexcept {
  if (block_->pool_ != nullptr) return block_->pool_->give_back(block_);
  delete block_;
}

BlockPool::~BlockPool() {
  for (SharedBlock* block : free_) delete block;
}

SharedBlockRef BlockPool::take() {
  {
    MutexLock lock(mutex_);
    free_.reserve(kBlocksMax);  // So that giving back never needs memory.
    if (!free_.empty()) {
      SharedBlock* const block = free_.back();
      free_.pop_back();
      block->references_.store(1, std::memory_order_relaxed);
      return SharedBlockRef(block);
    }
  }
  return SharedBlockRef(new SharedBlock(this));
}

void BlockPool::give_back(SharedBlock* block) noexcept {
  if (block->bytes.capacity() <= kBlockBytesMax) {
    block->bytes.clear();
    MutexLock lock(mutex_);
    if (free_.size() < kBlocksMax) return free_.push_back(block);
  }
  delete block;
}

}  // namespace amps::broker

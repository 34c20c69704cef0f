// SPDX-License-Identifier: Apache-2.0
// Encoded frames that several outboxes send: filled by one thread, then only read, freed by the last.
// Threads: filled by its maker; after the first copy of the reference anybody reads.
#pragma once

#include <atomic>
#include <utility>

#include "base/buffer.h"

namespace amps::broker {

class SharedBlock {
 public:
  Buffer bytes;

 private:
  friend class SharedBlockRef;
  std::atomic<int> references_{1};
};

// Counts references inside the block: the owners are the outboxes of all subscribers of a message,
// and the last one is unknown in advance.
class SharedBlockRef {
 public:
  SharedBlockRef() noexcept = default;
  static SharedBlockRef make() { return SharedBlockRef(new SharedBlock); }
  SharedBlockRef(const SharedBlockRef& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  SharedBlockRef(SharedBlockRef&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedBlockRef& operator=(SharedBlockRef other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedBlockRef() {
    // Release orders our reads before the free; acquire makes the freeing thread see all of them.
    if (block_ != nullptr && block_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete block_;
  }

  explicit operator bool() const noexcept { return block_ != nullptr; }
  SharedBlock* operator->() const noexcept { return block_; }
  bool is_unique() const noexcept { return block_->references_.load(std::memory_order_acquire) == 1; }

 private:
  explicit SharedBlockRef(SharedBlock* block) noexcept : block_(block) {}
  SharedBlock* block_ = nullptr;
};

}  // namespace amps::broker

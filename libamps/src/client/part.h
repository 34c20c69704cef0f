// SPDX-License-Identifier: Apache-2.0
// What the library's own plug-ins have in common: a reference count behind a table's retain and release.
// Threads: retain and release from any.
#pragma once

#include <atomic>
#include <cstdint>

namespace amps::client {

class Part {
 public:
  Part() = default;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  virtual ~Part() = default;

  // Entries of a table; self is a Part*, and tables are only paired with parts of their own class.
  static void retain(void* self) {
    static_cast<Part*>(self)->references_.fetch_add(1, std::memory_order_relaxed);
  }
  static void release(void* self) {
    Part* part = static_cast<Part*>(self);
    if (part->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete part;
  }

 private:
  std::atomic<std::uint32_t> references_{1};  // The caller of new has one.
};

}  // namespace amps::client

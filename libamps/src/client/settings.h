// SPDX-License-Identifier: Apache-2.0
// Numbers and texts of a client (AMPS_CLIENT_NUMBER_TABLE, amps_client_text_t).
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "amps/amps_client.h"
#include "base/status.h"
#include "base/sync.h"

namespace amps::client {

class Settings {
 public:
  explicit Settings(std::string name);

  std::uint64_t number(amps_client_number_t which) const noexcept {
    return numbers_[which].load(std::memory_order_relaxed);
  }
  void store_number(amps_client_number_t which, std::uint64_t value) noexcept {
    numbers_[which].store(value, std::memory_order_relaxed);
  }
  void count(amps_client_number_t which) noexcept { numbers_[which].fetch_add(1, std::memory_order_relaxed); }
  // What a program may set; the rest is refused with AMPS_E_USAGE.
  Status set_number(amps_client_number_t which, std::uint64_t value) noexcept;

  std::string text(amps_client_text_t which) const AMPS_EXCLUDES(mutex_);
  void store_text(amps_client_text_t which, std::string_view value) AMPS_EXCLUDES(mutex_);
  Status set_text(amps_client_text_t which, std::string_view value) AMPS_EXCLUDES(mutex_);

 private:
  static constexpr int kTextCount = AMPS_CLIENT_LANGUAGE + 1;

  std::atomic<std::uint64_t> numbers_[AMPS_CLIENT_NUMBER_COUNT];  // Relaxed: each stands for itself.
  mutable Mutex mutex_{LockRank::kLeaf};
  std::string texts_[kTextCount] AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::client

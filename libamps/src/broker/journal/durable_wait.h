// SPDX-License-Identifier: Apache-2.0
// Waits until the log has something on stable storage, on a thread that nobody is served by.
// Threads: one; told by the log's. Lock rank: kLeaf.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/status.h"
#include "base/sync.h"
#include "broker/journal/journal.h"

namespace amps::broker {

class DurableWait final : public JournalListener {
 public:
  explicit DurableWait(Journal* journal);
  ~DurableWait() override;
  DurableWait(const DurableWait&) = delete;
  DurableWait& operator=(const DurableWait&) = delete;

  // Fails with AMPS_E_TIMED_OUT, and as append() while the log takes nothing. Blocks.
  Status run(std::uint64_t txid, std::chrono::steady_clock::time_point deadline);

  void on_durable(std::uint64_t txid) noexcept override;

 private:
  Journal& journal_;
  Mutex mutex_{LockRank::kLeaf};
  CondVar moved_;
  std::uint64_t moves_ AMPS_GUARDED_BY(mutex_) = 0;
};

}  // namespace amps::broker

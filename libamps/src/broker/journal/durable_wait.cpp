// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/durable_wait.h"

#include <string>

namespace amps::broker {

DurableWait::DurableWait(Journal* journal) : journal_(*journal) {
  journal_.add_listener(this);
}

DurableWait::~DurableWait() {
  journal_.remove_listener(this);
}

Status DurableWait::run(std::uint64_t txid, std::chrono::steady_clock::time_point deadline) {
  for (bool in_time = true;;) {
    std::uint64_t seen = 0;
    {
      const MutexLock lock(mutex_);
      seen = moves_;
    }
    // Looked at without the lock, because the log tells us under one of its own.
    if (journal_.durable_txid() >= txid) return {};
    AMPS_RETURN_IF_ERROR(journal_.failure());
    if (!in_time) {
      return Status(AMPS_E_TIMED_OUT, "the log is safe up to transaction " +
                                          std::to_string(journal_.durable_txid()) + " of " +
                                          std::to_string(txid));
    }
    MutexLock lock(mutex_);
    while (in_time && moves_ == seen) in_time = moved_.wait_until(mutex_, deadline);
  }
}

void DurableWait::on_durable(std::uint64_t) noexcept {
  const MutexLock lock(mutex_);
  ++moves_;
  moved_.notify_all();
}

}  // namespace amps::broker

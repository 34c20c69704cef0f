// SPDX-License-Identifier: Apache-2.0
// What of the changes is on stable storage, wherever they are kept: the transaction log, or the files of
// topics that are not logged. Whoever waits for it is told when there is more of it, or room again.
// Threads: any, unless a member says otherwise. Lock rank: kSowWriter. Blocks: never.
#pragma once

#include <vector>

#include "base/sync.h"
#include "broker/journal/journal.h"
#include "broker/sow/saved_point.h"
#include "broker/sow/sow_writer.h"

namespace amps::broker {

// Is told on the threads that write, where it may only wake somebody.
class StorageWaiter {
 public:
  virtual ~StorageWaiter() = default;
  virtual void on_storage() noexcept = 0;
};

class StableStorage final : public JournalListener {
 public:
  explicit StableStorage(SowWriter* writer);
  ~StableStorage() override;
  StableStorage(const StableStorage&) = delete;
  StableStorage& operator=(const StableStorage&) = delete;

  // When nobody is served.
  void open(Journal* journal);
  void close() noexcept;
  // Borrowed until the writing threads have ended.
  void add_waiter(StorageWaiter* waiter);

  SavedState state_of(const SavedPoint& point) const;
  // False: too much waits for the disk. Whoever publishes stops reading until it is told.
  bool has_room() const noexcept;
  // All changes so far of topics that are not logged.
  SavedPoint appended() const { return writer_->appended(); }

  void on_durable(std::uint64_t txid) noexcept override;

 private:
  void tell_waiters() noexcept;

  SowWriter* const writer_;
  Journal* journal_ = nullptr;  // None: there is no transaction log.

  Mutex mutex_{LockRank::kSowWriter};
  std::vector<StorageWaiter*> waiters_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::broker

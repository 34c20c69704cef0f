// SPDX-License-Identifier: Apache-2.0
#include "broker/stable_storage.h"

namespace amps::broker {

StableStorage::StableStorage(SowWriter* writer) : writer_(writer) {
  writer_->set_listener([this] { tell_waiters(); });
}

StableStorage::~StableStorage() {
  close();
}

void StableStorage::open(Journal* journal) {
  journal_ = journal;
  journal_->add_listener(this);
  journal_->add_hold(writer_);
  writer_->note_logged(journal_->synced_txid(), true);
}

void StableStorage::close() noexcept {
  if (journal_ == nullptr) return;
  journal_->remove_hold(writer_);
  journal_->remove_listener(this);
  journal_ = nullptr;
}

SavedState StableStorage::state_of(const SavedPoint& point) const {
  if (point.txid != 0 && point.txid > journal_->durable_txid()) {
    if (journal_->health() != JournalHealth::kFailed) return SavedState::kWaiting;
    // It may have become durable just before.
    if (point.txid > journal_->durable_txid()) return SavedState::kLost;
  }
  if (point.position == 0) return SavedState::kSaved;
  return writer_->state_of(point);
}

bool StableStorage::has_room() const noexcept {
  return writer_->has_room() && (journal_ == nullptr || journal_->has_room());
}

void StableStorage::on_durable(std::uint64_t) noexcept {
  writer_->note_logged(journal_->synced_txid(), journal_->health() == JournalHealth::kGood);
  tell_waiters();
}

void StableStorage::add_waiter(StorageWaiter* waiter) {
  MutexLock lock(mutex_);
  waiters_.push_back(waiter);
}

void StableStorage::tell_waiters() noexcept {
  MutexLock lock(mutex_);
  for (StorageWaiter* waiter : waiters_) waiter->on_storage();
}

}  // namespace amps::broker

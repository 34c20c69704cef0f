// SPDX-License-Identifier: Apache-2.0
#include "client/ack_tracker.h"

#include <algorithm>
#include <utility>

namespace amps::client {
namespace {

Ack copy_ack(const wire::Header& from) {
  Ack ack;
  ack.status = from.get(AMPS_Status);
  ack.reason = from.get(AMPS_Reason);
  ack.bookmark = from.get(AMPS_Bookmark);
  ack.options = from.get(AMPS_Options);
  ack.user_id = from.get(AMPS_UserId);
  ack.password = from.get(AMPS_Password);
  ack.version = from.get(AMPS_Version);
  ack.client_name = from.get(AMPS_ClientName);
  ack.sub_id = from.get(AMPS_SubscriptionId);
  ack.sequence = from.number(AMPS_Sequence);
  return ack;
}

}  // namespace

void AckTracker::add(AckWaiter* waiter) {
  const MutexLock lock(mutex_);
  waiters_.push_back(waiter);
}

void AckTracker::remove(AckWaiter* waiter) {
  const MutexLock lock(mutex_);
  waiters_.erase(std::remove(waiters_.begin(), waiters_.end(), waiter), waiters_.end());
}

AckTracker::Wait AckTracker::wait_until(AckWaiter* waiter, std::chrono::steady_clock::time_point until) {
  const MutexLock lock(mutex_);
  while (!waiter->is_done_) {
    if (!waiter->done_.wait_until(mutex_, until)) return waiter->is_done_ ? Wait::kDone : Wait::kTimedOut;
  }
  return Wait::kDone;
}

Status AckTracker::take(AckWaiter* waiter, Ack* ack) {
  const MutexLock lock(mutex_);
  waiter->is_done_ = false;  // A logon round waits again under the same id.
  *ack = std::move(waiter->ack_);
  return std::exchange(waiter->failure_, Status());
}

bool AckTracker::settle(const wire::Header& ack) {
  const std::string_view cid = ack.get(AMPS_CommandId);
  if (cid.empty()) return false;
  const MutexLock lock(mutex_);
  const bool is_failure = ack.get(AMPS_Status) == "failure";
  bool is_known = false;
  for (AckWaiter* waiter : waiters_) {
    if (waiter->cid_ != cid) continue;
    is_known = true;
    if (waiter->is_done_ || ((ack.ack_types & waiter->ack_type_) == 0 && !is_failure)) continue;
    waiter->ack_ = copy_ack(ack);
    waiter->is_done_ = true;
    waiter->done_.notify_all();
    break;
  }
  return is_known;
}

void AckTracker::fail_all(std::uint64_t generation, const Status& status) {
  const MutexLock lock(mutex_);
  for (AckWaiter* waiter : waiters_) {
    if (waiter->generation_ > generation || waiter->is_done_) continue;
    waiter->failure_ = status;
    waiter->is_done_ = true;
    waiter->done_.notify_all();
  }
}

}  // namespace amps::client

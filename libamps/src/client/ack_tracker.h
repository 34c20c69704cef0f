// SPDX-License-Identifier: Apache-2.0
// Who waits for the acknowledgement of which command.
// Threads: any.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/sync.h"
#include "wire/header.h"

namespace amps::client {

// An ack as its waiter needs it, copied out of the frame.
struct Ack {
  std::string status, reason, bookmark, options, user_id, password, version, client_name, sub_id;
  std::optional<std::uint64_t> sequence;

  bool is_success() const noexcept { return status == "success"; }
  bool is_retry() const noexcept { return status == "retry"; }
};

class AckWaiter {
 public:
  AckWaiter(std::string cid, std::uint32_t ack_type, std::uint64_t generation)
      : cid_(std::move(cid)), ack_type_(ack_type), generation_(generation) {}
  const std::string& cid() const noexcept { return cid_; }

 private:
  friend class AckTracker;
  const std::string cid_;
  const std::uint32_t ack_type_;    // The bit waited for; a failed `processed` counts for every type.
  const std::uint64_t generation_;  // Of the connection the command went out on.
  // Guarded by the tracker's mutex.
  bool is_done_ = false;
  Status failure_;
  Ack ack_;
  CondVar done_;
};

class AckTracker {
 public:
  enum class Wait { kDone, kTimedOut };

  void add(AckWaiter* waiter) AMPS_EXCLUDES(mutex_);
  void remove(AckWaiter* waiter) AMPS_EXCLUDES(mutex_);
  // Blocks: until the ack came, the connection was lost, or `until`.
  Wait wait_until(AckWaiter* waiter, std::chrono::steady_clock::time_point until) AMPS_EXCLUDES(mutex_);
  // What wait_until() found. Requires: it returned kDone.
  Status take(AckWaiter* waiter, Ack* ack) AMPS_EXCLUDES(mutex_);
  // Wakes the waiter of this ack; false when nobody waits for it.
  bool settle(const wire::Header& ack) AMPS_EXCLUDES(mutex_);
  // Fails those whose command went out on this or an earlier connection.
  void fail_all(std::uint64_t generation, const Status& status) AMPS_EXCLUDES(mutex_);

 private:
  Mutex mutex_{LockRank::kAckTracker};
  // One for each waiting thread, in the order they came: programs may use an id twice.
  std::vector<AckWaiter*> waiters_ AMPS_GUARDED_BY(mutex_);
};

// Puts a waiter in for the life of the scope.
class AckScope {
 public:
  AckScope(AckTracker& tracker, AckWaiter* waiter) : tracker_(tracker), waiter_(waiter) {
    tracker_.add(waiter_);
  }
  ~AckScope() { tracker_.remove(waiter_); }
  AckScope(const AckScope&) = delete;
  AckScope& operator=(const AckScope&) = delete;

 private:
  AckTracker& tracker_;
  AckWaiter* waiter_;
};

}  // namespace amps::client

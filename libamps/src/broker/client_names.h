// SPDX-License-Identifier: Apache-2.0
// Who is logged on under which name, and what happens when a name is taken (broker 10.11). Names are
// unique only in a broker with a transaction log, which knows publishers by them.
// Threads: any. Lock rank: kSession.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/random_hash.h"
#include "base/sync.h"

namespace amps::broker {

class SessionHost;

class ClientNames {
 public:
  struct Holder {
    std::string user;
    std::uint64_t connection_id = 0;
    SessionHost* host = nullptr;  // Outlives the sessions it hosts.
  };
  enum class Claim { kFree, kTakenOver, kRefused };

  explicit ClientNames(bool unique) noexcept : unique_(unique) {}

  // kTakenOver: `*previous` held the name for the same user, and is to be disconnected by the caller.
  Claim claim(std::string_view name, const Holder& holder, Holder* previous);
  // Gives the name back, unless another connection has taken it over.
  void release(std::string_view name, std::uint64_t connection_id);

 private:
  const bool unique_;
  Mutex mutex_{LockRank::kSession};
  std::unordered_map<std::string, Holder, RandomHash> holders_ AMPS_GUARDED_BY(mutex_);
};

}  // namespace amps::broker

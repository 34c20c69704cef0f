// SPDX-License-Identifier: Apache-2.0
// Who needs records that are therefore not to be removed.
// Threads: the member says.
#pragma once

#include <cstdint>

namespace amps::broker {

class JournalHold {
 public:
  virtual ~JournalHold() = default;
  // UINT64_MAX: none. On the thread that removes, under a lock of rank kJournalHolds.
  virtual std::uint64_t oldest_needed_txid() = 0;
};

}  // namespace amps::broker

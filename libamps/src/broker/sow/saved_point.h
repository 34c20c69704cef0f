// SPDX-License-Identifier: Apache-2.0
// Where a change stands among all that is written to files: what an ack has to wait for.
// Threads: a value.
#pragma once

#include <cstdint>

namespace amps::broker {

struct SavedPoint {
  // Among the changes of topics that have files and are not logged; 0: nothing has to be waited for.
  std::uint64_t position = 0;
  const void* topic = nullptr;  // Whose file it is; none: all of them.
  std::uint64_t txid = 0;       // In the transaction log; 0: it is not there.
};

enum class SavedState {
  kWaiting,
  kSaved,  // On stable storage.
  kLost,   // It never will be, as far as is known.
};

}  // namespace amps::broker

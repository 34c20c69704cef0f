// SPDX-License-Identifier: Apache-2.0
// Where a change stands among all changes that are written to files: what an ack has to wait for.
// Threads: a value.
#pragma once

#include <cstdint>

namespace amps::broker {

struct SavedPoint {
  std::uint64_t position = 0;   // 0: nothing has to be waited for.
  const void* topic = nullptr;  // Whose file it is; none: all of them.
};

}  // namespace amps::broker

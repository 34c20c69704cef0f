// SPDX-License-Identifier: Apache-2.0
// For threads of the library, and for work that has to go on: nobody is there to be thrown to.
// Threads: any.
#pragma once

#include <new>

namespace amps {

// Runs `work`. False: it ended half-way, for lack of memory.
template <typename Work>
[[nodiscard]] bool within_memory(const Work& work) {
  try {
    work();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace amps

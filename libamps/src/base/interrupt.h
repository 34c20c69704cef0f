// SPDX-License-Identifier: Apache-2.0
// The hook that lets a waiting call be ended by Ctrl-C (amps_set_interrupt_hook).
// Threads: any.
#pragma once

#include <cstdint>

namespace amps {

void set_interrupt_hook(std::int32_t (*hook)()) noexcept;
bool has_interrupt_hook() noexcept;
// Asks the hook; false without one. Requires: the calling thread holds no lock.
bool is_interrupted() noexcept;

}  // namespace amps

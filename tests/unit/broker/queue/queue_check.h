// SPDX-License-Identifier: Apache-2.0
// The queue against its reference, event for event, and the shares it gives (REL-21, REL-34). A virtual
// clock.
#pragma once

#include <cstdint>
#include <string>

#include "broker/queue/queue_rules.h"
#include "queue_model.h"

namespace queue_tests {

// A random history. The first difference, as text; empty: none. `fault` is one of the reference.
std::string run_history(std::uint64_t seed, int steps, Fault fault);
// All sequences of `depth` events of a small world; adds the number of them to `count`.
std::string explore(const amps::broker::QueueRules& rules, int depth, long* count);

// Nobody with room waits while messages do, whatever the model.
std::string check_work_goes_on();
// Equal shares under rotation, and shares as their speeds otherwise, within a tenth.
std::string check_shares();

}  // namespace queue_tests

// SPDX-License-Identifier: Apache-2.0
// Subscribers that come, catch up with a publisher who goes on, and leave again, also across restarts.
#pragma once

#include <cstdint>
#include <string>

namespace amps::test {

// What was missed, repeated or out of order; empty: nothing.
std::string cut_over(unsigned long cutovers, std::uint64_t seed);

}  // namespace amps::test

// SPDX-License-Identifier: Apache-2.0
// kill -9 of a broker, again and again, under publishers that keep what was not acknowledged and send it
// again, an ordinary subscriber and one that resumes.
#pragma once

#include <cstdint>
#include <string>

namespace amps::test {

// What was lost, repeated or out of order; empty: nothing.
std::string kill_broker(unsigned long cycles, std::uint64_t seed);

}  // namespace amps::test

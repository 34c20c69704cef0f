// SPDX-License-Identifier: Apache-2.0
// kill -9 of a publisher that keeps its messages in a file, of its broker, and of both at once.
#pragma once

#include <cstdint>
#include <string>

namespace amps::test {

// What was lost, repeated, out of order or numbered anew; empty: nothing.
std::string kill_publisher(unsigned long cycles, std::uint64_t seed);

}  // namespace amps::test

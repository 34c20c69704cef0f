// SPDX-License-Identifier: Apache-2.0
// Many cycles of kills, some on each log, as a check reads all of a log.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>

namespace amps::test {

constexpr unsigned long kCyclesPerLog = 100;

// Calls run(cycles, seed) until all cycles are done or one complains; what it throws is a complaint too.
inline std::string with_fresh_logs(unsigned long cycles, std::uint64_t seed,
                                   const std::function<std::string(unsigned long, std::uint64_t)>& run) {
  try {
    for (; cycles != 0; cycles -= std::min(cycles, kCyclesPerLog)) {
      const std::string complaint = run(std::min(cycles, kCyclesPerLog), seed++);
      if (!complaint.empty()) return complaint;
    }
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace amps::test

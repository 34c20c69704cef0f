// SPDX-License-Identifier: Apache-2.0
// Which of the faults of seed_faults.py is switched on. Only copies of sources with faults in them ask.
// Threads: switched while no broker runs; asked on any.
#pragma once

#include <atomic>
#include <string_view>

namespace amps::test {

inline std::string_view active_fault;

inline bool has_fault(std::string_view name) noexcept {
  return active_fault == name;
}

// Switches a fault on while it lives.
class SeededFault {
 public:
  explicit SeededFault(std::string_view name) noexcept { active_fault = name; }
  ~SeededFault() { active_fault = {}; }
  SeededFault(const SeededFault&) = delete;
  SeededFault& operator=(const SeededFault&) = delete;
};

}  // namespace amps::test

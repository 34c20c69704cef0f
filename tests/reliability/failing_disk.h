// SPDX-License-Identifier: Apache-2.0
// Publishers of a broker whose disk fails: at the n-th operation, when it is full, when it cannot sync.
#pragma once

#include <cstddef>
#include <string>

namespace amps::test {

struct FailedOperations {
  std::size_t operations = 0;  // That were tried, one a run.
  int refused = 0;             // Runs in which not everything could be published.
  std::string complaint;       // What was acknowledged and then lost; empty: nothing.
};
FailedOperations fail_each_operation();

// Empty: all went as it should.
std::string fill_disk();
std::string break_sync();

}  // namespace amps::test

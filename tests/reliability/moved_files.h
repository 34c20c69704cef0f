// SPDX-License-Identifier: Apache-2.0
// Power cuts while files of the log are archived and removed.
#pragma once

#include <string>

namespace amps::test {

// What was lost that was not to be removed; empty: nothing.
std::string cut_power_while_files_move();

}  // namespace amps::test

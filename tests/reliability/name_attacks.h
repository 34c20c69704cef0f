// SPDX-License-Identifier: Apache-2.0
// Clients that want a publisher's messages taken for duplicates, so that they vanish without a word.
#pragma once

#include <string>

namespace amps::test {

// What went through, or was lost in silence; empty: nothing.
std::string attack_publisher();

}  // namespace amps::test

// SPDX-License-Identifier: Apache-2.0
// Rights where what is stored is not what was sent: deltas, and queues whose messages go elsewhere.
#pragma once

#include <string>

namespace amps::test {

// What was written without the right; empty: nothing.
std::string write_around_rights();

}  // namespace amps::test

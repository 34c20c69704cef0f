// SPDX-License-Identifier: Apache-2.0
// Ids nobody else has: for client names and message ids that programs leave open.
// Threads: any.
#pragma once

#include <string>

namespace amps::client {

// Sixteen random hexadecimal digits of this process, a dash and a counter.
std::string unique_id();

}  // namespace amps::client

// SPDX-License-Identifier: Apache-2.0
// Percent escapes of URI parts (RFC 3986, 2.1).
// Threads: any. Blocks: never.
#pragma once

#include <string>
#include <string_view>

namespace amps::net {

// False when an escape is not two hexadecimal digits or stands for NUL, which no part may hold.
bool percent_decode(std::string_view text, std::string* out);

}  // namespace amps::net

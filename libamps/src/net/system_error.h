// SPDX-License-Identifier: Apache-2.0
// What an errno value means, in words.
// Threads: any (strerror() alone is not safe).
#pragma once

#include <string>
#include <system_error>

namespace amps::net {

inline std::string system_error_text(int error) {
  return std::generic_category().message(error);
}

}  // namespace amps::net

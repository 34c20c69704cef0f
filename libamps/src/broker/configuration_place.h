// SPDX-License-Identifier: Apache-2.0
// Where something of the configuration was read, for what turns out to be wrong with it only at a start.
// Threads: a function of its arguments.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"

namespace amps::broker {

// `place` is as "my.xml:3:7: ", or empty for what was not read from a text.
inline Status placed(const std::string& place, Status status) {
  if (status.ok() || place.empty()) return status;
  return Status(status.code(), place + status.text(), status.reason());
}

}  // namespace amps::broker

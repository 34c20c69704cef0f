// SPDX-License-Identifier: Apache-2.0
// What a configuration may say and this version has nothing behind yet. A broker that is told so does not
// start: to serve something else without a word would be worse. Whoever adds a part removes its line.
// Threads: a function of its argument.
#pragma once

#include "base/status.h"
#include "broker/configuration.h"

namespace amps::broker {

// Fails with AMPS_E_USAGE.
Status check_served(const Configuration& configuration);

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// What a filter was understood as, and what it costs the broker: for people, as `pyamps explain` prints it.
// Threads: a function of its argument.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "broker/expression/token.h"

namespace amps::broker {

// Writes lines of text. Fails with AMPS_E_FILTER; `error` says where.
Status explain_filter(std::string_view text, std::string* out, ExpressionError* error);

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// The version of the broker. The build defines it, so that it is written in one place only.
#pragma once

#include <string_view>

namespace amps::broker {

constexpr std::string_view kVersion = AMPS_BROKER_VERSION;  // NUL-terminated.

}  // namespace amps::broker

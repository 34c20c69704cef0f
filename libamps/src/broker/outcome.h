// SPDX-License-Identifier: Apache-2.0
// What a change means to a subscription.
#pragma once

#include <cstdint>

namespace amps::broker {

enum class Outcome : std::uint8_t {
  kNothing,
  kFull,        // The message.
  kDelta,       // Key fields and what changed.
  kHidden,      // The client may no longer see the record.
  kOutOfFocus,  // The record no longer matches.
};

}  // namespace amps::broker

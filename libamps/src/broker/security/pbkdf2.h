// SPDX-License-Identifier: Apache-2.0
// PBKDF2 with HMAC-SHA-256 (RFC 8018): slow on purpose, so that a stolen password file is of little use.
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/sha256.h"

namespace amps::broker {

// The first block, which is all we need: 32 bytes. Requires: iterations > 0.
Sha256Digest pbkdf2_sha256(std::string_view password, std::string_view salt, std::uint32_t iterations);
// Takes as long for texts that differ early as for those that differ late.
bool equal_in_constant_time(std::string_view left, std::string_view right) noexcept;

}  // namespace amps::broker

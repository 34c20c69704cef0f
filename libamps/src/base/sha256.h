// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4): publisher ids and record handles must not collide by somebody's design.
// Threads: functions of their arguments.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace amps {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view bytes) noexcept;
// The first eight bytes, big-endian, as an id that is never 0: 0 means "none" in bookmarks.
std::uint64_t sha256_id(std::string_view bytes) noexcept;

}  // namespace amps

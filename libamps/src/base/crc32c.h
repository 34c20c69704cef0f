// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli): finds what a disk or a torn write has changed. No protection against intent.
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <string_view>

namespace amps {

// Of the bytes that gave `before` followed by these.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;
// Without the processor's instruction; the same result, about 20 times slower.
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t before = 0) noexcept;

}  // namespace amps

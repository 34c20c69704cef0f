// SPDX-License-Identifier: Apache-2.0
// SipHash-2-4 under a key drawn once a process: for tables whose keys a peer chooses, so that nobody
// can prepare keys that all fall into one bucket. Values differ between runs: never store or send them.
// Threads: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace amps {

struct SipHashKey {
  std::uint64_t k0;
  std::uint64_t k1;
};

// The published algorithm (Aumasson, Bernstein: SipHash, a fast short-input PRF).
std::uint64_t sip_hash(const SipHashKey& key, std::string_view bytes) noexcept;
// The key of this process, from the kernel's random numbers.
const SipHashKey& process_hash_key() noexcept;

// For std::unordered_map and friends; transparent, so that views find strings.
struct RandomHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view bytes) const noexcept {
    return static_cast<std::size_t>(sip_hash(process_hash_key(), bytes));
  }
};

}  // namespace amps

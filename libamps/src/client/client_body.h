// SPDX-License-Identifier: Apache-2.0
// What stands behind amps_client_t: its kind and its two counts. Programs hold references; when the
// last goes, the client shuts down. The library's own threads, copied messages and streams hold the
// memory only, so that none of them can keep a connection open.
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>

#include "amps/amps_client.h"

struct amps_client {
  static constexpr std::uint32_t kMagic = 0x414d5053;  // "AMPS"; cleared when the memory is freed.

  explicit amps_client(std::uint32_t client_kind) noexcept : kind(client_kind) {}

  std::uint32_t magic = kMagic;
  const std::uint32_t kind;                       // AMPS_CLIENT_KIND_.
  std::atomic<std::uint32_t> reference_count{1};  // Programs.
  std::atomic<std::uint32_t> hold_count{1};       // One for all programs together, one for each inner user.
};

namespace amps::client {

// Keeps the memory of a client, not its connection. NULL is fine.
void hold(amps_client* client) noexcept;
void unhold(amps_client* client) noexcept;

}  // namespace amps::client

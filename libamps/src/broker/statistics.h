// SPDX-License-Identifier: Apache-2.0
// Counters of a broker.
// Threads: any. Relaxed atomics: each is a measure of its own and orders nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace amps::broker {

// Why connections ended (broker 11.6): X(name, text). The texts are those of the log and of status events.
#define AMPS_DISCONNECT_TABLE(X)           \
  X(ConnectionClosed, "connection closed") \
  X(NameInUse, "name in use")              \
  X(Heartbeat, "heartbeat")                \
  X(SlowClient, "slow client")             \
  X(UnknownCommand, "unknown command")     \
  X(Auth, "auth")                          \
  X(Entitlement, "entitlement")            \
  X(LogonTimeout, "logon timeout")         \
  X(LogonRequired, "logon required")       \
  X(LogonRefused, "logon refused")         \
  X(Protocol, "protocol error")            \
  X(Limit, "limit")                        \
  X(Admin, "admin")                        \
  X(EntitlementReset, "entitlement reset") \
  X(Replay, "replay failed")               \
  X(Shutdown, "shutdown")

enum class Disconnect {
#define AMPS_X(name, text) k##name,
  AMPS_DISCONNECT_TABLE(AMPS_X)
#undef AMPS_X
      kCount
};

std::string_view disconnect_text(Disconnect reason) noexcept;

struct Statistics {
  using Counter = std::atomic<std::uint64_t>;

  Counter connections{0};        // Now.
  Counter connections_total{0};  // Ever; the same for the rest, but subscriptions.
  Counter connections_refused{0};
  Counter logons{0};
  Counter subscriptions{0};  // Now.
  Counter messages_in{0};
  Counter messages_out{0};
  Counter bytes_in{0};
  Counter bytes_out{0};
  Counter commands_failed{0};
  Counter denied_reads{0};  // Commands refused because of the user's rights.
  Counter denied_writes{0};
  Counter pattern_failures{0};
  std::array<Counter, static_cast<std::size_t>(Disconnect::kCount)> disconnects{};

  static void add(Counter& counter, std::uint64_t count = 1) noexcept {
    counter.fetch_add(count, std::memory_order_relaxed);
  }
  static void subtract(Counter& counter, std::uint64_t count = 1) noexcept {
    counter.fetch_sub(count, std::memory_order_relaxed);
  }
  void ended(Disconnect reason) noexcept { add(disconnects[static_cast<std::size_t>(reason)]); }

  // One JSON object; `outbox_bytes` are those waiting for all clients.
  std::string json(std::string_view name, std::uint64_t outbox_bytes) const;
};

}  // namespace amps::broker

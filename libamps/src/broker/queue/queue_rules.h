// SPDX-License-Identifier: Apache-2.0
// How one queue behaves: what its configuration says, as numbers (broker 9.3 to 9.9).
// Threads: a value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace amps::broker {

enum class QueueSemantics { kAtLeastOnce, kAtMostOnce };
enum class FairnessModel { kProportional, kRoundRobin, kFast };
enum class Leasing {
  kSublet,  // Any client may settle any message.
  kStrict,  // A leased message is settled by the client that holds it, or by nobody.
};
// Which of the expirations of a message and of its queue counts.
enum class ExpirationModel { kDefault, kQueue, kLatest, kEarliest };

constexpr std::uint64_t kNeverUs = UINT64_MAX;

struct QueueRules {
  QueueSemantics semantics = QueueSemantics::kAtLeastOnce;
  FairnessModel fairness = FairnessModel::kProportional;
  Leasing leasing = Leasing::kSublet;
  ExpirationModel expiration_model = ExpirationModel::kDefault;
  std::uint64_t lease_us = kNeverUs;       // kNeverUs: a lease ends only with its subscription.
  std::uint64_t expiration_us = kNeverUs;  // Of messages that do not say otherwise.
  std::uint64_t backlog_max = UINT64_MAX;  // Unacknowledged messages of all subscriptions together.
  std::uint64_t subscription_backlog_max = 1;
  std::uint32_t deliveries_max = 0;  // 0: no limit.
  std::uint32_t cancels_max = 0;     // 0: no limit.
  std::uint64_t deferred_ack_us = std::uint64_t{86'400} * 1'000'000;
  std::size_t deferred_acks_max = 10'000;  // Anybody may send acks for messages that never come.
};

// When a message received at `received_us` leaves the queue by itself. `wanted_us` is what its publisher
// asked for: nothing, a time to live, or kNeverUs.
inline std::uint64_t expiry_us(const QueueRules& rules, std::uint64_t received_us,
                               std::optional<std::uint64_t> wanted_us) noexcept {
  const std::uint64_t own = wanted_us.value_or(rules.expiration_us);
  std::uint64_t life = own;
  switch (rules.expiration_model) {
    case ExpirationModel::kDefault:
      break;
    case ExpirationModel::kQueue:
      life = rules.expiration_us;
      break;
    case ExpirationModel::kLatest:
      life = std::max(own, rules.expiration_us);
      break;
    case ExpirationModel::kEarliest:
      life = std::min(own, rules.expiration_us);
      break;
  }
  return life >= kNeverUs - received_us ? kNeverUs : received_us + life;
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/client_names.h"

#include <utility>

namespace amps::broker {

ClientNames::Claim ClientNames::claim(std::string_view name, const Holder& holder, Holder* previous) {
  if (!unique_) return Claim::kFree;
  MutexLock lock(mutex_);
  const auto [found, is_free] = holders_.try_emplace(std::string(name), holder);
  if (is_free) return Claim::kFree;
  if (found->second.user != holder.user) return Claim::kRefused;
  *previous = std::exchange(found->second, holder);
  return Claim::kTakenOver;
}

void ClientNames::release(std::string_view name, std::uint64_t connection_id) {
  if (!unique_) return;
  MutexLock lock(mutex_);
  const auto found = holders_.find(std::string(name));
  if (found != holders_.end() && found->second.connection_id == connection_id) holders_.erase(found);
}

}  // namespace amps::broker

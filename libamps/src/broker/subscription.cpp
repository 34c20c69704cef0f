// SPDX-License-Identifier: Apache-2.0
#include "broker/subscription.h"

namespace amps::broker {

const Subscription* Subscription::entitled(std::string_view topic_name) const noexcept {
  // Of a literal topic the filter has it all.
  if (rights == nullptr || pattern == nullptr) return this;
  const RightsRule* const rule = rights->find(topic_name);
  if (rule == nullptr || !rule->read.is_given) return nullptr;
  const auto number = static_cast<std::size_t>(rule - rights->rules.data());
  return variants[number] == nullptr ? this : variants[number].get();
}

}  // namespace amps::broker

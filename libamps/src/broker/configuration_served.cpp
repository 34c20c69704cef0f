// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_served.h"

#include <string>

namespace amps::broker {

Status check_served(const Configuration& configuration) {
  const auto refused = [](const std::string& what) {
    return Status(AMPS_E_USAGE, what + " is not available in this version");
  };
  for (const MessageTypeConfiguration& type : configuration.message_types) {
    if (!type.early_termination)
      return refused("message type " + type.name + ": EarlyTerminationOptimization");
  }
  return {};
}

}  // namespace amps::broker

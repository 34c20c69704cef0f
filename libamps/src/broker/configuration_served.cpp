// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_served.h"

#include <string>

#include "broker/configuration_checks.h"

namespace amps::broker {

namespace {

struct Missing {
  bool is_used;
  const char* what;
};

struct Unserved {
  std::string operator()(const SowTopicConfiguration& topic) const {
    return first({{topic.history.has_value(), "History"}});
  }
  std::string operator()(const QueueConfiguration&) const { return {}; }
  std::string operator()(const ViewConfiguration&) const { return {}; }
  std::string operator()(const ConflatedTopicConfiguration&) const { return {}; }

  static std::string first(std::initializer_list<Missing> missing) {
    for (const Missing& one : missing) {
      if (one.is_used) return one.what;
    }
    return {};
  }
};

}  // namespace

Status check_served(const Configuration& configuration) {
  const auto refused = [](const std::string& what) {
    return Status(AMPS_E_USAGE, what + " is not available in this version");
  };
  for (const StateConfiguration& state : configuration.sow) {
    const std::string missing = std::visit(Unserved{}, state);
    if (!missing.empty()) return refused(state_title(state) + ": " + missing);
  }
  for (const MessageTypeConfiguration& type : configuration.message_types) {
    if (!type.early_termination)
      return refused("message type " + type.name + ": EarlyTerminationOptimization");
  }
  return {};
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// The element SOW of a configuration (broker 13.2).
// Threads: functions of their arguments.
#pragma once

#include <functional>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "base/status.h"
#include "broker/configuration_state.h"

namespace amps::broker {

// What the reader of the whole configuration lends: texts with variables replaced, and errors with their
// place.
struct XmlReaderParts {
  std::function<Status(const pugi::xml_node&, std::string*)> value_of;
  std::function<Status(const pugi::xml_node&, const std::string&)> error;
};

// Fails with AMPS_E_USAGE.
Status read_sow(const pugi::xml_node& sow, const XmlReaderParts& parts, std::vector<StateConfiguration>* out);
void write_sow(const std::vector<StateConfiguration>& topics, pugi::xml_node* root);

}  // namespace amps::broker

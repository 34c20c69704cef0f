// SPDX-License-Identifier: Apache-2.0
// Configurations as XML text: the documented elements this version serves (broker 13). Anything else,
// and any value that is out of range, is an error that names line and column.
// Threads: functions of their arguments.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "broker/configuration.h"

namespace amps::broker {

using Variables = std::map<std::string, std::string, std::less<>>;

// Adds what the text says to `*out`. ${NAME} is replaced from `variables`, then from the environment.
// `origin` is what errors call the text: a file name.
Status read_configuration(std::string_view xml, const std::string& origin, const Variables& variables,
                          Configuration* out);
// The whole configuration, defaults included, as text that can be read again.
std::string write_configuration(const Configuration& configuration);
// A commented configuration that works. Static.
const char* sample_configuration() noexcept;

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Configurations as XML text: the documented elements this version serves (broker 13). What it does not
// know, and any value that is out of range, is an error that names line and column; documented elements
// that change nothing here are passed over with a warning.
// Threads: functions of their arguments. Blocks: reading, for included files.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "broker/configuration.h"
#include "broker/configuration_xml/variables.h"

namespace amps::broker {

// Adds what the text says to `*out`. ${NAME} is replaced from `variables`, then from the environment.
// `origin` is what errors call the text: a file name, or "f()" for text that a call has made.
Status read_configuration(std::string_view xml, const std::string& origin, const Variables& variables,
                          Configuration* out);
// The whole configuration, defaults included, as text that can be read again.
std::string write_configuration(const Configuration& configuration);
// A commented configuration that works. Static.
const char* sample_configuration() noexcept;
// Every element, one a line: path, synonym, values, default and meaning, separated by tabs. Static.
const char* describe_configuration();

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// ${NAME} in the text of a configuration.
// Threads: functions of their arguments.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/status.h"

namespace amps::broker {

using Variables = std::map<std::string, std::string, std::less<>>;

// Replaces ${NAME} from `variables`, then from the environment; what is put in is not looked at again.
// "$${" stands for "${".
// Fails with AMPS_E_USAGE when neither knows the name.
Status expand_variables(std::string_view text, const Variables& variables, std::string* out);
// Text that becomes `text` when its variables are replaced.
std::string escape_variables(std::string_view text);

}  // namespace amps::broker

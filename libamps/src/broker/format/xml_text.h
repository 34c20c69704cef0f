// SPDX-License-Identifier: Apache-2.0
// Writing XML: the bodies of the broker's own events. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace amps::broker {

// `<name>text</name>`. Control characters, for which XML 1.0 has no words, become spaces.
std::string xml_element(std::string_view name, std::string_view text);

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/variables.h"

#include <cstdlib>

namespace amps::broker {

Status expand_variables(std::string_view text, const Variables& variables, std::string* out) {
  out->clear();
  for (;;) {
    const std::size_t begin = text.find("${");
    out->append(text.substr(0, begin));
    if (begin == std::string_view::npos) return {};
    if (begin > 0 && text[begin - 1] == '$') {
      out->append("{");  // The first $ is out already and stands for both.
      text.remove_prefix(begin + 2);
      continue;
    }
    const std::size_t end = text.find('}', begin);
    if (end == std::string_view::npos) return Status(AMPS_E_USAGE, "${ without its }");
    const std::string name(text.substr(begin + 2, end - begin - 2));
    const auto found = variables.find(name);
    const char* const environment = std::getenv(name.c_str());
    if (found != variables.end()) {
      out->append(found->second);
    } else if (environment != nullptr) {
      out->append(environment);
    } else {
      return Status(AMPS_E_USAGE, "variable " + name + " is not set");
    }
    text.remove_prefix(end + 1);
  }
}

std::string escape_variables(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    if (character == '{' && !escaped.empty() && escaped.back() == '$') escaped += '$';
    escaped += character;
  }
  return escaped;
}

}  // namespace amps::broker

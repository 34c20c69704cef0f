// SPDX-License-Identifier: Apache-2.0
// Lists in brackets, as options hold them: `[/a, [/Full Name], /b]`.
// Threads: functions of their arguments. Views point into the list.
#pragma once

#include <string_view>

namespace amps::broker {

inline std::string_view without_spaces(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// What stands between the outer brackets; a text without them is the list itself.
inline std::string_view inside_brackets(std::string_view text) noexcept {
  text = without_spaces(text);
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return text;
  return text.substr(1, text.size() - 2);
}

// Calls visit(item) for what stands between commas outside brackets, which may be nothing. An empty list has
// one empty item. Ends early when visit says false.
template <typename Visit>
void for_each_item(std::string_view list, Visit visit) {
  for (;;) {
    std::size_t comma = 0;
    int depth = 0;
    for (; comma < list.size() && (list[comma] != ',' || depth > 0); ++comma) {
      depth += list[comma] == '[' ? 1 : list[comma] == ']' ? -1 : 0;
    }
    if (!visit(without_spaces(list.substr(0, comma))) || comma >= list.size()) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// Option lists: `name`, `name=value`, commas, brackets (protocol 3.0.3, broker 0.5), and the words
// inside them: intervals, sizes, counts.
// Threads: functions of their arguments. Views point into the list.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace amps::wire {

struct Option {
  std::string_view name;   // As written; compare with option_is().
  std::string_view value;  // Without surrounding space; empty when there is no `=`.
  bool has_value = false;
};

// Splits at commas outside brackets; `none` and empty items are left out.
// Fails with AMPS_E_INVALID_OPTIONS on an unbalanced bracket or an empty name.
Status parse_options(std::string_view list, std::vector<Option>* out);
bool option_is(const Option& option, std::string_view name) noexcept;  // Ignores case.
// The value of the last option of that name; nothing when there is none.
std::optional<std::string_view> find_option(std::string_view list, std::string_view name);
// The list without the options of that name.
std::string without_option(std::string_view list, std::string_view name);

std::optional<std::uint64_t> parse_interval_ns(std::string_view text) noexcept;  // No unit: seconds.
std::optional<std::uint64_t> parse_size_bytes(
    std::string_view text) noexcept;                                       // kb, mb, gb, tb: powers of 1024.
std::optional<std::uint64_t> parse_count(std::string_view text) noexcept;  // k, M.
std::optional<bool> parse_bool(std::string_view text) noexcept;

// True for text that can be an id of a command, subscription, query or client (protocol 2.2).
bool is_id(std::string_view text) noexcept;
// Calls visit(item) for each non-empty item of a comma list of ids.
template <typename Visit>
void for_each_id(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = list.substr(0, comma);
    if (!item.empty()) visit(item);
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
}

// True when a topic of a subscribe or query command is a regular expression (protocol 3.0.4).
bool is_topic_pattern(std::string_view topic) noexcept;

}  // namespace amps::wire

// SPDX-License-Identifier: Apache-2.0
#include "wire/options.h"

#include <algorithm>

#include "base/decimal.h"
#include "base/limits.h"

namespace amps::wire {

namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// Length of the first item: up to a comma outside brackets. False when brackets do not match.
bool item_length(std::string_view list, std::size_t* length) noexcept {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '[') ++depth;
    if (list[i] == ']' && depth-- == 0) return false;
    if (list[i] == ',' && depth == 0) {
      *length = i;
      return true;
    }
  }
  *length = list.size();
  return depth == 0;
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// A decimal number and one of the units; the first unit is that of a bare number.
std::optional<std::uint64_t> parse_with_unit(std::string_view text, const Unit* units,
                                             std::size_t count) noexcept {
  text = trim(text);
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  const std::optional<std::uint64_t> value = parse_decimal(text.substr(0, digits));
  if (!value) return std::nullopt;
  const std::string_view name = trim(text.substr(digits));
  for (std::size_t i = 0; i < count; ++i) {
    if (!equals_ignoring_case(name, units[i].name) && !(i == 0 && name.empty())) continue;
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(*value, units[i].factor, &product)) return std::nullopt;
    return product;
  }
  return std::nullopt;
}

}  // namespace

Status parse_options(std::string_view list, std::vector<Option>* out) {
  out->clear();
  while (!list.empty()) {
    std::size_t length = 0;
    if (!item_length(list, &length)) {
      return Status(AMPS_E_INVALID_OPTIONS, "unbalanced bracket in options '" + std::string(list) + "'");
    }
    const std::string_view item = trim(list.substr(0, length));
    list.remove_prefix(length < list.size() ? length + 1 : length);
    if (item.empty() || equals_ignoring_case(item, "none")) continue;
    Option option;
    const std::size_t equals = item.find('=');
    option.name = trim(item.substr(0, equals));
    if (equals != std::string_view::npos) {
      option.value = trim(item.substr(equals + 1));
      option.has_value = true;
    }
    if (option.name.empty()) {
      return Status(AMPS_E_INVALID_OPTIONS, "option without a name: '" + std::string(item) + "'");
    }
    out->push_back(option);
  }
  return {};
}

bool option_is(const Option& option, std::string_view name) noexcept {
  return equals_ignoring_case(option.name, name);
}

std::optional<std::string_view> find_option(std::string_view list, std::string_view name) {
  std::vector<Option> options;
  std::optional<std::string_view> found;
  if (!parse_options(list, &options).ok()) return found;
  for (const Option& option : options) {
    if (option_is(option, name)) found = option.value;
  }
  return found;
}

std::string without_option(std::string_view list, std::string_view name) {
  std::vector<Option> options;
  if (!parse_options(list, &options).ok()) return std::string(list);
  std::string kept;
  for (const Option& option : options) {
    if (option_is(option, name)) continue;
    if (!kept.empty()) kept += ',';
    kept += option.name;
    if (option.has_value) kept.append("=").append(option.value);
  }
  return kept;
}

std::optional<std::uint64_t> parse_interval_ns(std::string_view text) noexcept {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  static constexpr Unit kUnits[] = {{"s", kSecond},          {"ns", 1},
                                    {"us", 1'000},           {"ms", 1'000'000},
                                    {"m", 60 * kSecond},     {"h", 3'600 * kSecond},
                                    {"d", 86'400 * kSecond}, {"w", 604'800 * kSecond}};
  return parse_with_unit(text, kUnits, std::size(kUnits));
}

std::optional<std::uint64_t> parse_size_bytes(std::string_view text) noexcept {
  static constexpr Unit kUnits[] = {
      {"b", 1}, {"kb", 1ull << 10}, {"mb", 1ull << 20}, {"gb", 1ull << 30}, {"tb", 1ull << 40}};
  return parse_with_unit(text, kUnits, std::size(kUnits));
}

std::optional<std::uint64_t> parse_count(std::string_view text) noexcept {
  static constexpr Unit kUnits[] = {{"", 1}, {"k", 1'000}, {"m", 1'000'000}};
  return parse_with_unit(text, kUnits, std::size(kUnits));
}

std::optional<bool> parse_bool(std::string_view text) noexcept {
  for (const std::string_view word : {"true", "1", "yes", "t", "y"}) {
    if (equals_ignoring_case(text, word)) return true;
  }
  for (const std::string_view word : {"false", "0", "no", "f", "n"}) {
    if (equals_ignoring_case(text, word)) return false;
  }
  return std::nullopt;
}

bool is_id(std::string_view text) noexcept {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return text.size() <= kIdBytesMax && std::none_of(text.begin(), text.end(), is_control);
}

bool is_topic_pattern(std::string_view topic) noexcept {
  return topic.find_first_of("^$.*?+()[]{}\\|") != std::string_view::npos;
}

}  // namespace amps::wire

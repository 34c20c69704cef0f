// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_values.h"

#include "base/decimal.h"
#include "wire/options.h"

namespace amps::broker {

namespace {

std::optional<std::uint64_t> parse_percent(std::string_view text, std::uint64_t whole) noexcept {
  const auto percent = parse_decimal(text.substr(0, text.size() - 1));
  if (!percent || *percent > 100) return std::nullopt;
  return whole / 100 * *percent + whole % 100 * *percent / 100;
}

std::optional<std::uint64_t> parse_interval(std::string_view text, std::uint64_t unit_ns) noexcept {
  const auto ns = wire::parse_interval_ns(text);
  if (!ns) return std::nullopt;
  return *ns / unit_ns + (*ns % unit_ns != 0 ? 1 : 0);
}

std::optional<std::uint64_t> parse_boolean(std::string_view text) noexcept {
  if (text == "enabled") return 1;
  if (text == "disabled") return 0;
  const auto value = wire::parse_bool(text);
  if (!value) return std::nullopt;
  return *value ? 1 : 0;
}

std::optional<std::uint64_t> parse_unit(NumberUnit unit, std::string_view text,
                                        std::uint64_t whole) noexcept {
  switch (unit) {
    case NumberUnit::kCount:
      return wire::parse_count(text);
    case NumberUnit::kBytes:
      if (!text.empty() && text.back() == '%') return parse_percent(text, whole);
      return wire::parse_size_bytes(text);
    case NumberUnit::kMicroseconds:
      return parse_interval(text, 1'000);
    case NumberUnit::kMilliseconds:
      return parse_interval(text, 1'000'000);
    case NumberUnit::kBoolean:
      return parse_boolean(text);
  }
  return std::nullopt;
}

const char* unit_text(NumberUnit unit) noexcept {
  switch (unit) {
    case NumberUnit::kBytes:
      return "a size in bytes";
    case NumberUnit::kMicroseconds:
    case NumberUnit::kMilliseconds:
      return "an interval";
    default:
      return "a number";
  }
}

}  // namespace

std::optional<std::uint64_t> parse_number(const NumberRange& range, std::string_view text,
                                          std::uint64_t whole) noexcept {
  const auto value = parse_unit(range.unit, text, whole);
  if (!value || *value < range.min || *value > range.max) return std::nullopt;
  return value;
}

std::string format_number(NumberUnit unit, std::uint64_t value) {
  if (unit == NumberUnit::kBoolean) return value != 0 ? "true" : "false";
  std::string text = std::to_string(value);
  if (unit == NumberUnit::kMilliseconds) text += "ms";
  if (unit == NumberUnit::kMicroseconds) text += "us";
  return text;
}

std::string expected_text(const NumberRange& range) {
  if (range.unit == NumberUnit::kBoolean) return "true or false";
  const std::string from =
      std::string(unit_text(range.unit)) + " from " + format_number(range.unit, range.min);
  // A limit nobody can reach says nothing.
  constexpr std::uint64_t kUnreachable = std::uint64_t{1} << 62;
  return range.max >= kUnreachable ? from : from + " to " + format_number(range.unit, range.max);
}

}  // namespace amps::broker

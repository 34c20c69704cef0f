// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_xml/version.h"

#include <array>
#include <optional>

#include "base/decimal.h"

namespace amps::broker {

namespace {

using Version = std::array<std::uint64_t, 4>;

constexpr Version kServed = {5, 3, 5, UINT64_MAX};
constexpr const char* kServedText = "5.3.5";

// Up to four numbers; what is left out is 0.
std::optional<Version> parse_version(std::string_view text) {
  Version version{};
  for (std::size_t i = 0; i < version.size(); ++i) {
    const std::size_t dot = text.find('.');
    const auto number = parse_decimal(text.substr(0, dot));
    if (!number) return std::nullopt;
    version[i] = *number;
    if (dot == std::string_view::npos) return version;
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

Status compare(const Element& element, const std::string& text, bool* is_later) {
  const auto version = parse_version(text);
  if (!version) return error_at(element, element.name + " is " + text + ", not a version as 5.3.1");
  *is_later = *version > kServed;
  return {};
}

std::string too_late(const Element& element, const std::string& text) {
  return element.name + " is " + text + "; this broker behaves as AMPS " + kServedText;
}

}  // namespace

Status check_required_version(const Element& element, const std::string& text) {
  bool is_later = false;
  AMPS_RETURN_IF_ERROR(compare(element, text, &is_later));
  return is_later ? error_at(element, too_late(element, text)) : Status();
}

Status check_suggested_version(const Element& element, const std::string& text, Warnings* warnings) {
  bool is_later = false;
  AMPS_RETURN_IF_ERROR(compare(element, text, &is_later));
  if (is_later) warnings->push_back(place_of(element) + too_late(element, text));
  return {};
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
// How the numbers of a configuration are written in XML.
// Threads: functions of their arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/configuration.h"

namespace amps::broker {

enum class NumberUnit { kCount, kBytes, kMilliseconds, kBoolean };

struct NumberElement {
  std::string_view element;
  amps_broker_number_t number;
  NumberUnit unit;
  std::uint64_t min;
  std::uint64_t max;
};

const NumberElement* find_number_element(std::string_view element) noexcept;
const NumberElement& number_element(amps_broker_number_t number) noexcept;
// Nothing when the text is no value of the unit or out of range. "50%" of `whole` for bytes.
std::optional<std::uint64_t> parse_number(const NumberElement& element, std::string_view text,
                                          std::uint64_t whole) noexcept;
std::string format_number(const NumberElement& element, std::uint64_t value);
// "a number of bytes from 1 to 4294967295".
std::string expected_text(const NumberElement& element);

}  // namespace amps::broker

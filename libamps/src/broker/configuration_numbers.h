// SPDX-License-Identifier: Apache-2.0
// The elements of a configuration behind the numbers of the C interface.
// Threads: functions of their arguments.
#pragma once

#include <string_view>

#include "broker/configuration.h"
#include "broker/configuration_values.h"

namespace amps::broker {

struct NumberElement {
  std::string_view element;
  amps_broker_number_t number;
  NumberRange range;
};

const NumberElement* find_number_element(std::string_view element) noexcept;
const NumberElement& number_element(amps_broker_number_t number) noexcept;

}  // namespace amps::broker

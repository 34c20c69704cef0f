// SPDX-License-Identifier: Apache-2.0
#include "broker/configuration_numbers.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("each number has an element of its own at its place") {
  for (int i = 0; i < AMPS_BROKER_NUMBER_COUNT; ++i) {
    const NumberElement& element = number_element(static_cast<amps_broker_number_t>(i));
    CHECK(element.number == i);
    CHECK(find_number_element(element.element) == &element);
  }
  CHECK(find_number_element("Nonsense") == nullptr);
}

TEST_CASE("defaults are in range and survive being written") {
  const Configuration configuration;
  for (int i = 0; i < AMPS_BROKER_NUMBER_COUNT; ++i) {
    const NumberElement& element = number_element(static_cast<amps_broker_number_t>(i));
    const std::uint64_t value = configuration.number(element.number);
    CAPTURE(element.element);
    CHECK(parse_number(element.range, format_number(element.range.unit, value)) == value);
  }
}

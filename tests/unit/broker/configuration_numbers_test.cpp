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
    CHECK(parse_number(element, format_number(element, value), 0) == value);
  }
}

TEST_CASE("units and shares") {
  const NumberElement& bytes = *find_number_element("ClientMaxCapacity");
  CHECK(parse_number(bytes, "10MB", 0) == 10u << 20);
  CHECK(parse_number(bytes, "25%", 1000) == 250);
  CHECK_FALSE(parse_number(bytes, "101%", 1000));
  CHECK_FALSE(parse_number(bytes, "%", 1000));
  CHECK_FALSE(parse_number(bytes, "99999999999GB", 0));
  CHECK(parse_number(*find_number_element("LogonTimeout"), "5s", 0) == 5000);
  CHECK_FALSE(parse_number(*find_number_element("LogonTimeout"), "0", 0));
  CHECK(parse_number(*find_number_element("AllowAnonymous"), "enabled", 0) == 1);
  CHECK_FALSE(parse_number(*find_number_element("AllowAnonymous"), "perhaps", 0));
}

// SPDX-License-Identifier: Apache-2.0
// What whoever starts the tests may say: how long to go on, and which run to repeat.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>

namespace amps::test {

inline unsigned long number_from_environment(const char* name, unsigned long otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

inline std::uint64_t seed_from_environment() {
  return number_from_environment("AMPS_TEST_SEED", std::random_device{}());
}

}  // namespace amps::test

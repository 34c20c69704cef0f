// SPDX-License-Identifier: Apache-2.0
#include "base/interrupt.h"

#include <doctest/doctest.h>

namespace {
std::int32_t hook_answer = 0;
std::int32_t answer_hook() {
  return hook_answer;
}
}  // namespace

TEST_CASE("without a hook nothing is interrupted") {
  amps::set_interrupt_hook(nullptr);
  CHECK_FALSE(amps::has_interrupt_hook());
  CHECK_FALSE(amps::is_interrupted());
}

TEST_CASE("the hook decides each time it is asked") {
  amps::set_interrupt_hook(answer_hook);
  CHECK(amps::has_interrupt_hook());
  hook_answer = 0;
  CHECK_FALSE(amps::is_interrupted());
  hook_answer = 1;
  CHECK(amps::is_interrupted());
  amps::set_interrupt_hook(nullptr);
  CHECK_FALSE(amps::is_interrupted());
}

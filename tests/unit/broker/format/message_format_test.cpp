// SPDX-License-Identifier: Apache-2.0
#include "broker/format/message_format.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("formats are found by name") {
  CHECK(find_message_format("json")->name() == "json");
  CHECK(find_message_format("JSON") == nullptr);
  CHECK(find_message_format("") == nullptr);
}

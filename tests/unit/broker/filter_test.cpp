// SPDX-License-Identifier: Apache-2.0
#include "broker/filter.h"

#include <doctest/doctest.h>

TEST_CASE("without an engine every filter is refused") {
  std::unique_ptr<amps::broker::Filter> filter;
  const amps::Status status = amps::broker::unavailable_filters().compile("/a = 1", "json", &filter);
  CHECK(status.code() == AMPS_E_FILTER);
  CHECK(filter == nullptr);
}

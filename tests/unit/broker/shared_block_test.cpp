// SPDX-License-Identifier: Apache-2.0
#include "broker/shared_block.h"

#include <doctest/doctest.h>

#include <utility>

using amps::broker::SharedBlockRef;

TEST_CASE("a block lives as long as somebody refers to it") {
  SharedBlockRef first = SharedBlockRef::make();
  first->bytes.append("bytes");
  CHECK(first.is_unique());
  SharedBlockRef second = first;
  CHECK_FALSE(first.is_unique());
  first = {};
  CHECK_FALSE(first);
  CHECK(second.is_unique());
  SharedBlockRef third = std::move(second);
  CHECK(third->bytes.view() == "bytes");
}

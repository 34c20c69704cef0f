// SPDX-License-Identifier: Apache-2.0
#include "broker/shared_block.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using amps::broker::BlockPool;
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

TEST_CASE("a pool gives blocks out again, empty, with the memory they had") {
  BlockPool pool;
  SharedBlockRef first = pool.take();
  first->bytes.append(std::string(100'000, 'x'));
  const char* const memory = first->bytes.data();
  SharedBlockRef copy = first;
  first = {};
  CHECK(pool.take()->bytes.data() != memory);  // Still in use.
  copy = {};
  const SharedBlockRef again = pool.take();
  CHECK(again->bytes.empty());
  CHECK(again->bytes.data() == memory);
  CHECK(again.is_unique());
}

TEST_CASE("a pool does not keep the memory of large messages") {
  BlockPool pool;
  SharedBlockRef large = pool.take();
  large->bytes.append(std::string(1'000'000, 'x'));
  large = {};
  CHECK(pool.take()->bytes.capacity() == 0);
}

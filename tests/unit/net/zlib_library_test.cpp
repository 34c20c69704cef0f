// SPDX-License-Identifier: Apache-2.0
#include "net/zlib_library.h"

#include <doctest/doctest.h>

TEST_CASE("zlib is found and every function of the table is there, each time the same") {
  const amps::net::ZlibFunctions *first = nullptr, *second = nullptr;
  REQUIRE(amps::net::load_zlib(&first).ok());
  REQUIRE(amps::net::load_zlib(&second).ok());
  CHECK(first == second);
  CHECK((first->deflate != nullptr));
  CHECK((first->deflateEnd != nullptr));
  CHECK((first->deflateInit_ != nullptr));
  CHECK((first->inflate != nullptr));
  CHECK((first->inflateEnd != nullptr));
  CHECK((first->inflateInit_ != nullptr));
}

// SPDX-License-Identifier: Apache-2.0
#include "net/shared_library.h"

#include <doctest/doctest.h>

namespace amps::net {

TEST_CASE("a library is found by name and gives its symbols") {
  SharedLibrary library, again;
  REQUIRE(SharedLibrary::open("libz.so.1", AMPS_E_SSL, &library).ok());
  CHECK(library.is_open());
  CHECK(library.symbol("zlibVersion") != nullptr);
  CHECK(library.symbol("no_such_symbol") == nullptr);
  CHECK(SharedLibrary::find_loaded("libz.so.1", &again));
  CHECK(again.is_same(library));
}

TEST_CASE("a missing library fails with its name and the loader's text") {
  SharedLibrary library;
  const Status status = SharedLibrary::open("/no/such/library.so", AMPS_E_SSL, &library);
  CHECK(status.code() == AMPS_E_SSL);
  CHECK(status.text().find("'/no/such/library.so': /no/such/library.so: cannot open shared object file") !=
        std::string::npos);
  CHECK_FALSE(library.is_open());
  CHECK_FALSE(SharedLibrary::find_loaded("/no/such/library.so", &library));
}

}  // namespace amps::net

// SPDX-License-Identifier: Apache-2.0
#include "broker/client_names.h"

#include <doctest/doctest.h>

using amps::broker::ClientNames;
using Claim = amps::broker::ClientNames::Claim;

TEST_CASE("names that need not be unique are always free") {
  ClientNames names(false);
  ClientNames::Holder previous;
  CHECK(names.claim("a", {"ann", 1, nullptr}, &previous) == Claim::kFree);
  CHECK(names.claim("a", {"bob", 2, nullptr}, &previous) == Claim::kFree);
}

TEST_CASE("a name is taken over by its user and refused to others") {
  ClientNames names(true);
  ClientNames::Holder previous;
  CHECK(names.claim("a", {"ann", 1, nullptr}, &previous) == Claim::kFree);
  CHECK(names.claim("a", {"bob", 2, nullptr}, &previous) == Claim::kRefused);
  CHECK(names.claim("a", {"ann", 3, nullptr}, &previous) == Claim::kTakenOver);
  CHECK(previous.connection_id == 1);
  SUBCASE("the old connection gives back what it has no more") {
    names.release("a", 1);
    CHECK(names.claim("a", {"bob", 4, nullptr}, &previous) == Claim::kRefused);
  }
  SUBCASE("the new one frees it") {
    names.release("a", 3);
    CHECK(names.claim("a", {"bob", 4, nullptr}, &previous) == Claim::kFree);
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/expression/function.h"

#include <doctest/doctest.h>

using namespace amps::broker;

TEST_CASE("functions are found by their name in capitals") {
  REQUIRE(find_function("UPPER") != nullptr);
  CHECK(find_function("UPPER")->name == "UPPER");
  CHECK(find_function("upper") == nullptr);
  CHECK(find_function("") == nullptr);
}

TEST_CASE("each family is part of the table") {
  for (const char* name : {"ARRAY_COUNT", "COALESCE", "TOPIC_NAME", "ABS", "CONCAT", "STRFTIME"}) {
    CHECK(find_function(name) != nullptr);
  }
}

TEST_CASE("EXP-40: the number of arguments is told in words") {
  CHECK(argument_count_text(*find_function("IF")) == "3 arguments");
  CHECK(argument_count_text(*find_function("ABS")) == "1 argument");
  CHECK(argument_count_text(*find_function("SUBSTR")) == "2 to 3 arguments");
  CHECK(argument_count_text(*find_function("CONCAT")) == "at least 1 argument");
}

// SPDX-License-Identifier: Apache-2.0
#include "wire/field_keys.h"

#include <doctest/doctest.h>

#include <string>

using amps::wire::find_field;

TEST_CASE("every key of the table finds its field") {
#define AMPS_X(name, key, second, third, kind)                         \
  for (const std::string_view spelling : {key, second, third}) {       \
    if (!spelling.empty()) CHECK(find_field(spelling) == AMPS_##name); \
  }
  AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
}

TEST_CASE("keys that differ in one place are unknown") {
  for (const char* key : {"C", "cc", "cI", "topi", "topics", "query_iD", "query_id_", "group_sequence_numbeR",
                          "group_sequenceXnumber", "GROUP_sequence_number", "timeout-interval"}) {
    CHECK_MESSAGE(find_field(key) == -1, key);
  }
  CHECK(find_field("") == -1);
  CHECK(find_field(std::string(100'000, 't')) == -1);
  CHECK(find_field(std::string_view("c\0", 2)) == -1);
  CHECK(find_field(std::string_view("\0", 1)) == -1);
}

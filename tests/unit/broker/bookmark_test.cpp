// SPDX-License-Identifier: Apache-2.0
#include "broker/bookmark.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

TEST_CASE("now is only now when it stands alone") {
  for (const char* text : {"0|1|", "0|1", " 0|1| "}) CHECK(parse_bookmark(text) == BookmarkStart::kNow);
  CHECK(parse_bookmark("0|1|,42|1|") == BookmarkStart::kReplay);
}

TEST_CASE("everything else of the grammar needs the log") {
  for (const char* text :
       {"0", "42|1|", "18446744073709551615|18446744073709551615|", "1795418560177541|1|4|", "42|1",
        "42|1|,43|2|", "42|1|,", "20260604T000000", "20260604T000000Z", "20260604T000000.123456789Z",
        "[20260604T000000:20260605T000000)", "(42|1|,43|1|:0|1|]", "[ 0 : 42|1| ]"}) {
    CAPTURE(text);
    CHECK(parse_bookmark(text) == BookmarkStart::kReplay);
  }
}

TEST_CASE("what is outside of the grammar is malformed") {
  for (const char* text : {"", " ", "yesterday", "42", "42||", "|", "42|x|", "1|2|3|4|", ",42|1|",
                           "42|1|,,43|1|", "2026060T000000", "20260604T000000.", "20260604 000000", "[42|1|",
                           "[:42|1|]", "[42|1|:]", "[42|1|]", "123456789012345678901|1|"}) {
    CAPTURE(text);
    CHECK(parse_bookmark(text) == BookmarkStart::kMalformed);
  }
}

TEST_CASE("a list is bounded") {
  std::string list;
  for (int i = 0; i < 10'000; ++i) list += "1|2|,";
  list.pop_back();
  CHECK(parse_bookmark(list) == BookmarkStart::kReplay);
  CHECK(parse_bookmark(list + ",1|2|") == BookmarkStart::kMalformed);
}

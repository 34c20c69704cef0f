// SPDX-License-Identifier: Apache-2.0
#include "wire/bookmark.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::wire;

TEST_CASE("elements are what the grammar says") {
  CHECK(parse_bookmark("0").kind == BookmarkKind::kEpoch);
  CHECK(parse_bookmark("0|1|").kind == BookmarkKind::kNow);
  CHECK(parse_bookmark(" 0|1 ").kind == BookmarkKind::kNow);
  CHECK(parse_bookmark("20260604T000000").kind == BookmarkKind::kTimestamp);
  CHECK(parse_bookmark("20090213T233130.5Z").utc_us == 1'234'567'890'500'000);
  const Bookmark message = parse_bookmark("18446744073709551615|18446744073709551614|");
  CHECK(message.kind == BookmarkKind::kMessage);
  CHECK(message.publisher == 18446744073709551615ull);
  CHECK(message.sequence == 18446744073709551614ull);
}

TEST_CASE("what does not fit the grammar is opaque") {
  for (const char* text :
       {"", "00", "42", "42|1", "42|", "42||", "|1|", "0|2|", "0|0|", "-1|1|", "42|1|x", "42|1||",
        "18446744073709551616|1|", "1795418560177541|1|4|", "MOST_RECENT", "20261304T000000"}) {
    CHECK_MESSAGE(parse_bookmark(text).kind == BookmarkKind::kOpaque, text);
  }
}

TEST_CASE("brokers accept lists of known elements and of foreign numbers") {
  for (const char* text : {"0", "0|1|", "42|1|", "42|1|,43|9|", "42|1| , 20260604T000000",
                           "1795418560177541|1|4|", "0,42|1|", "42|1", "20260604T000000.123456789Z"}) {
    CHECK_MESSAGE(is_valid_bookmark(text), text);
  }
  for (const char* text : {"",
                           " ",
                           ",",
                           "42|1|,",
                           ",42|1|",
                           "42|1|,,43|1|",
                           "abc",
                           "42",
                           "42|x|",
                           "-1|1|",
                           "20261304T000000",
                           "MOST_RECENT",
                           "|42|1|",
                           "|",
                           "42||",
                           "42|1||",
                           "1|2|3|4|",
                           "yesterday",
                           "123456789012345678901|1|",
                           "2026060T000000",
                           "20260604T000000.",
                           "20260604 000000"}) {
    CHECK_MESSAGE(!is_valid_bookmark(text), text);
  }
}

TEST_CASE("ranges have two lists and say which ends they include") {
  const auto range = parse_bookmark_range(" [ 42|1|,43|2| : 20260605T000000 ) ");
  REQUIRE(range);
  CHECK(range->from == "42|1|,43|2|");
  CHECK(range->to == "20260605T000000");
  CHECK(range->includes_from);
  CHECK_FALSE(range->includes_to);
  CHECK(parse_bookmark_range("(0:0|1|]")->includes_to);
  CHECK_FALSE(parse_bookmark_range("(0:0|1|]")->includes_from);
  CHECK(is_valid_bookmark("[20260604T000000:20260605T000000)"));
}

TEST_CASE("malformed ranges are invalid") {
  for (const char* text : {"[", "(", "[]", "[:]", "[0]", "[0:]", "[:0]", "[0:0", "0:0]", "[0:0:0]", "[a:b]",
                           "[0,:0]", "[[0:0]]", "[0:0}"}) {
    CHECK_MESSAGE(!is_valid_bookmark(text), text);
    CHECK_MESSAGE(!parse_bookmark_range(text), text);
  }
}

TEST_CASE("elements are counted without looking at them") {
  CHECK(count_bookmarks("0") == 1);
  CHECK(count_bookmarks("a,b,c") == 3);
}

TEST_CASE("a list is bounded") {
  std::string list = "1|2|";
  for (int i = 1; i < 10'000; ++i) list += ",1|2|";
  CHECK(is_valid_bookmark(list));
  CHECK(is_valid_bookmark("[" + list + ":" + list + "]"));
  CHECK_FALSE(is_valid_bookmark(list + ",1|2|"));
}

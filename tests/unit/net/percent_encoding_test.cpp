// SPDX-License-Identifier: Apache-2.0
#include "net/percent_encoding.h"

#include <doctest/doctest.h>

using amps::net::percent_decode;

TEST_CASE("percent_decode turns escapes of either case into bytes") {
  std::string out = "old";
  CHECK(percent_decode("a%2Fb%2f%25%ff", &out));
  CHECK(out == "a/b/%\xff");
  CHECK(percent_decode("", &out));
  CHECK(out.empty());
}

TEST_CASE("percent_decode refuses cut, non-hexadecimal and NUL escapes") {
  std::string out;
  for (const char* text : {"%", "%2", "a%", "a%2", "%g0", "%0g", "%00", "%-1", "% 1"}) {
    CAPTURE(text);
    CHECK_FALSE(percent_decode(text, &out));
  }
}

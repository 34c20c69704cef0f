// SPDX-License-Identifier: Apache-2.0
#include "base/crc32c.h"

#include <doctest/doctest.h>

#include <string>

using amps::crc32c;
using amps::crc32c_portable;

// RFC 3720, B.4.
TEST_CASE("the checksum is the published one") {
  std::string ascending;
  for (int i = 0; i < 32; ++i) ascending.push_back(static_cast<char>(i));
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AA);
  CHECK(crc32c(std::string(32, '\xFF')) == 0x62A8AB43);
  CHECK(crc32c(ascending) == 0x46DD794E);
  CHECK(crc32c("123456789") == 0xE3069283);
  CHECK(crc32c("") == 0);
}

TEST_CASE("a checksum can be taken in pieces") {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(crc32c(text.substr(cut), crc32c(text.substr(0, cut))) == crc32c(text));
  }
}

TEST_CASE("with and without the processor's instruction the result is the same") {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    CHECK(crc32c_portable(text, 7) == crc32c(text, 7));
    text.push_back(static_cast<char>(i * 37));
  }
}

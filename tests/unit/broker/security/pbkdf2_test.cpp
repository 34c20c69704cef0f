// SPDX-License-Identifier: Apache-2.0
#include "broker/security/pbkdf2.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

std::string hex(const amps::Sha256Digest& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

// Expected values: hashlib.pbkdf2_hmac of Python's standard library.
TEST_CASE("SEC-06 the hash is PBKDF2 with HMAC-SHA-256") {
  CHECK(hex(pbkdf2_sha256("password", "salt", 1)) ==
        "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b");
  CHECK(hex(pbkdf2_sha256("password", "salt", 4096)) ==
        "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a");
  CHECK(hex(pbkdf2_sha256(std::string(100, 'k'), "salt", 2)) ==
        "2c1357648009149f57e4d5544c3435bbca87a6b231300fa3abb2a89b50f56ec3");
}

TEST_CASE("texts are equal when every byte is") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("xbc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abcd"));
}

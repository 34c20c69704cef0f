// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.h"

#include <doctest/doctest.h>

#include <string>

namespace {
std::string hex(std::string_view bytes) {
  std::string text;
  for (const unsigned byte : amps::sha256(bytes)) {
    text.push_back("0123456789abcdef"[byte >> 4]);
    text.push_back("0123456789abcdef"[byte & 15]);
  }
  return text;
}
}  // namespace

TEST_CASE("the examples of FIPS 180 come out") {
  CHECK(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("padding is right where the length just fits and where it just does not") {
  const auto of = [](std::size_t size) { return hex(std::string(size, 'x')).substr(0, 16); };
  CHECK(of(55) == "d5e285683cd4efc0");
  CHECK(of(56) == "04c26261370ee754");
  CHECK(of(63) == "75220b47218278e6");
  CHECK(of(64) == "7ce100971f64e700");
  CHECK(of(65) == "9537c5fdf120482f");
  CHECK(of(119) == "000b48d4edf0fa7b");
  CHECK(of(120) == "13f05a0b594787f5");
}

TEST_CASE("ids are the first eight bytes, big-endian") {
  CHECK(amps::sha256_id("abc") == 0xba7816bf8f01cfeau);
  CHECK(amps::sha256_id("") == 0xe3b0c44298fc1c14u);
}

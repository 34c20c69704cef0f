// SPDX-License-Identifier: Apache-2.0
#include "base/random_hash.h"

#include <doctest/doctest.h>

#include <string>
#include <unordered_set>

TEST_CASE("the published example of SipHash-2-4 comes out") {
  // Appendix A of the SipHash paper: key 00..0f, message 00..0e.
  const amps::SipHashKey key{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
  std::string message;
  for (char c = 0; c < 15; ++c) message.push_back(c);
  CHECK(amps::sip_hash(key, message) == 0xa129ca6149be45e5u);
}

TEST_CASE("every byte and the length count") {
  const amps::SipHashKey key{1, 2};
  std::unordered_set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 40; ++size) {
    CHECK(seen.insert(amps::sip_hash(key, std::string(size, '\0'))).second);
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, '\0');
      text[at] = 1;
      CHECK(seen.insert(amps::sip_hash(key, text)).second);
    }
  }
}

TEST_CASE("the key of a process stays and is not a constant of the program") {
  const amps::SipHashKey& key = amps::process_hash_key();
  CHECK(&key == &amps::process_hash_key());
  CHECK((key.k0 | key.k1) != 0);
  CHECK(amps::RandomHash()("topic") == amps::RandomHash()(std::string("topic")));
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/security/pbkdf2.h"

#include <cstring>
#include <string>

namespace amps::broker {

namespace {

constexpr std::size_t kBlockBytes = 64;  // Of SHA-256.

std::string_view view_of(const Sha256Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// HMAC-SHA-256 (RFC 2104) with one key for many texts.
class Hmac {
 public:
  explicit Hmac(std::string_view key) {
    const Sha256Digest short_key = sha256(key);
    if (key.size() > kBlockBytes) key = view_of(short_key);
    char padded[kBlockBytes] = {};
    std::memcpy(padded, key.data(), key.size());
    for (const char byte : padded) {
      inner_ += static_cast<char>(byte ^ 0x36);
      outer_ += static_cast<char>(byte ^ 0x5c);
    }
  }

  Sha256Digest of(std::string_view text) {
    inner_.resize(kBlockBytes);
    inner_.append(text);
    const Sha256Digest digest = sha256(inner_);
    outer_.resize(kBlockBytes);
    outer_.append(view_of(digest));
    return sha256(outer_);
  }

 private:
  std::string inner_;
  std::string outer_;
};

}  // namespace

Sha256Digest pbkdf2_sha256(std::string_view password, std::string_view salt, std::uint32_t iterations) {
  Hmac hmac(password);
  std::string first(salt);
  first.append(std::string_view("\0\0\0\1", 4));
  Sha256Digest round = hmac.of(first);
  Sha256Digest result = round;
  for (std::uint32_t i = 1; i < iterations; ++i) {
    round = hmac.of(view_of(round));
    for (std::size_t at = 0; at < result.size(); ++at) result[at] ^= round[at];
  }
  return result;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
  }
  return difference == 0;
}

}  // namespace amps::broker

// SPDX-License-Identifier: Apache-2.0
#include "base/random_hash.h"

#include <sys/random.h>
#include <unistd.h>

#include <chrono>

namespace amps {
namespace {

constexpr std::uint64_t rotate_left(std::uint64_t x, int bits) noexcept {
  return (x << bits) | (x >> (64 - bits));
}

std::uint64_t load_little_endian(const char* at, std::size_t count) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
  }
  return word;
}

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  explicit SipState(const SipHashKey& key) noexcept
      : v0(key.k0 ^ 0x736f6d6570736575u),
        v1(key.k1 ^ 0x646f72616e646f6du),
        v2(key.k0 ^ 0x6c7967656e657261u),
        v3(key.k1 ^ 0x7465646279746573u) {}

  void round() noexcept {
    v0 += v1, v1 = rotate_left(v1, 13), v1 ^= v0, v0 = rotate_left(v0, 32);
    v2 += v3, v3 = rotate_left(v3, 16), v3 ^= v2;
    v0 += v3, v3 = rotate_left(v3, 21), v3 ^= v0;
    v2 += v1, v1 = rotate_left(v1, 17), v1 ^= v2, v2 = rotate_left(v2, 32);
  }
  void absorb(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

SipHashKey draw_key() noexcept {
  SipHashKey key;
  if (getrandom(&key, sizeof key, 0) == static_cast<ssize_t>(sizeof key)) return key;
  // A kernel or sandbox without getrandom: address layout, process and time still vary from run to run.
  const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  const auto place = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&key));
  key.k0 = now ^ rotate_left(place, 32);
  key.k1 = sip_hash({now, place}, "libamps") ^ static_cast<std::uint64_t>(getpid());
  return key;
}

}  // namespace

std::uint64_t sip_hash(const SipHashKey& key, std::string_view bytes) noexcept {
  SipState state(key);
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) state.absorb(load_little_endian(at, 8));
  const std::uint64_t length = static_cast<std::uint64_t>(bytes.size()) << 56;
  state.absorb(length | load_little_endian(at, left));
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

const SipHashKey& process_hash_key() noexcept {
  static const SipHashKey key = draw_key();
  return key;
}

}  // namespace amps

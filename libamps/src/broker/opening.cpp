// SPDX-License-Identifier: Apache-2.0
#include "broker/opening.h"

namespace amps::broker {

namespace {

constexpr unsigned char kFrameByteMax = 0x10;  // A length of at most 256 MiB begins with 0x10 or less.
constexpr unsigned char kZlibByte = 0x78;
constexpr std::string_view kGet = "GET ";

unsigned byte_at(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

Opening classify_opening(std::string_view received) noexcept {
  if (received.empty()) return Opening::kUnknown;
  if (byte_at(received, 0) <= kFrameByteMax) return Opening::kFrames;
  if (byte_at(received, 0) == kZlibByte) {
    if (received.size() < 2) return Opening::kUnknown;
    return (byte_at(received, 0) * 256 + byte_at(received, 1)) % 31 == 0 ? Opening::kZlib : Opening::kForeign;
  }
  const std::size_t known = received.size() < kGet.size() ? received.size() : kGet.size();
  if (received.substr(0, known) != kGet.substr(0, known)) return Opening::kForeign;
  return known == kGet.size() ? Opening::kHttp : Opening::kUnknown;
}

std::string_view foreign_opening_text(std::string_view received) noexcept {
  if (byte_at(received, 0) == 0x16)
    return "the peer speaks TLS, but the transport is plain; connect with tcp or use tcps here";
  if (received.substr(0, 4) == "SSH-") return "the peer speaks SSH";
  if (byte_at(received, 0) == '{') return "the peer sends headers without length prefixes";
  if (byte_at(received, 0) >= 'A' && byte_at(received, 0) <= 'Z')
    return "the peer speaks a text protocol, perhaps HTTP";
  return "the peer does not speak the AMPS protocol, or its first frame exceeds every limit";
}

}  // namespace amps::broker

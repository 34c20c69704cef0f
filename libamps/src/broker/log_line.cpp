// SPDX-License-Identifier: Apache-2.0
#include "broker/log_line.h"

namespace amps::broker {

namespace {

constexpr std::size_t kPieceBytesMax = 512;  // Of one text: a peer must not fill the log.
constexpr std::size_t kHeldLinesMax = 64;    // Nor by thousands of bad messages in one block.

bool is_high_control(unsigned byte) noexcept {
  return byte >= 0x80 && byte < 0xA0;
}

}  // namespace

LogLine& LogLine::operator<<(std::string_view text) {
  if (!on_) return *this;
  const std::string_view kept = text.substr(0, kPieceBytesMax);
  const auto byte_at = [&](std::size_t at) -> unsigned {
    return at < kept.size() ? static_cast<unsigned char>(kept[at]) : 0;
  };
  std::size_t continued = 0;  // Bytes of a code point that may follow.
  for (std::size_t at = 0; at < kept.size(); ++at) {
    const unsigned code = byte_at(at);
    // Terminals obey U+0080 to U+009F as well, in UTF-8 (C2 and one byte) or bare.
    const bool continues = continued != 0 && (code & 0xC0u) == 0x80u;
    const bool begins_control = code == 0xC2 && is_high_control(byte_at(at + 1));
    continued = continues                       ? continued - 1
                : code < 0xC2 || begins_control ? 0
                : code < 0xE0                   ? 1
                : code < 0xF0                   ? 2
                                                : 3;
    if (code >= 0x20 && code != 0x7f && !begins_control && (continues || !is_high_control(code))) {
      text_ += kept[at];
      continue;
    }
    constexpr char kHex[] = "0123456789abcdef";
    text_ += "\\x";
    text_ += kHex[code >> 4];
    text_ += kHex[code & 15];
  }
  if (text.size() > kPieceBytesMax) text_ += "…";
  return *this;
}

LogLine& LogLine::operator<<(std::uint64_t number) {
  if (on_) text_ += std::to_string(number);
  return *this;
}

void DeferredLog::log(amps_log_level_t level, std::string_view line) noexcept {
  if (!holding_) return sink_.log(level, line);
  if (held_.size() >= kHeldLinesMax) {
    ++dropped_;
    return;
  }
  held_.emplace_back(level, line);
}

void DeferredLog::release() noexcept {
  holding_ = false;
  for (const auto& [level, line] : held_) sink_.log(level, line);
  held_.clear();
  if (dropped_ != 0) {
    LogLine(sink_, AMPS_LOG_WARNING, LogId::kLinesDropped) << dropped_ << " more lines of that kind";
  }
  dropped_ = 0;
}

}  // namespace amps::broker

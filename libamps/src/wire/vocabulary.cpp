// SPDX-License-Identifier: Apache-2.0
#include "wire/vocabulary.h"

#include <array>
#include <string>

#include "amps/amps_message.h"

namespace amps::wire {

std::uint32_t command_of(std::string_view text) noexcept {
  if (text == "p" || text == "publish") return AMPS_COMMAND_Publish;
#define AMPS_X(name, word, bit) \
  if (text == word) return bit;
  AMPS_COMMAND_TABLE(AMPS_X)
#undef AMPS_X
  return AMPS_COMMAND_Unknown;
}

std::string_view command_text(std::uint32_t command, bool full) noexcept {
  if (full && command == AMPS_COMMAND_Publish) return "publish";
  switch (command) {
#define AMPS_X(name, word, bit) \
  case bit:                     \
    return word;
    AMPS_COMMAND_TABLE(AMPS_X)
#undef AMPS_X
    default: return {};
  }
}

namespace {

std::uint32_t ack_type_of(std::string_view word) noexcept {
#define AMPS_X(name, text, bit) \
  if (word == text) return bit;
  AMPS_ACK_TABLE(AMPS_X)
#undef AMPS_X
  return AMPS_ACK_None;
}

constexpr std::uint32_t kAckMasks = 64;  // Six bits.

std::array<std::string, kAckMasks> make_ack_texts() {
  std::array<std::string, kAckMasks> texts;
  for (std::uint32_t mask = 0; mask < kAckMasks; ++mask) {
#define AMPS_X(name, text, bit)                       \
  if ((mask & bit) != 0) {                            \
    texts[mask] += texts[mask].empty() ? "" : ",";    \
    texts[mask] += text;                              \
  }
    AMPS_ACK_TABLE(AMPS_X)
#undef AMPS_X
  }
  return texts;
}

}  // namespace

std::uint32_t ack_types_of(std::string_view list) noexcept {
  std::uint32_t mask = 0;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    mask |= ack_type_of(list.substr(0, comma));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return mask;
}

std::string_view ack_types_text(std::uint32_t ack_types) noexcept {
  static const std::array<std::string, kAckMasks> texts = make_ack_texts();
  return texts[ack_types % kAckMasks];
}

}  // namespace amps::wire

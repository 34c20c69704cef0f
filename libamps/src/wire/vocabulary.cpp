// SPDX-License-Identifier: Apache-2.0
#include "wire/vocabulary.h"

#include <array>
#include <cstddef>

#include "amps/amps_message.h"

namespace amps::wire {
namespace {

constexpr std::uint32_t kAckMasks = 64;    // Six bits.
constexpr std::size_t kAckTextBytes = 56;  // All six words and their commas are 51.

// Built by the compiler: a table made at first use would be gone when threads still run at exit.
struct AckText {
  std::array<char, kAckTextBytes> bytes{};
  std::size_t size = 0;

  constexpr void append(std::string_view word) noexcept {
    if (size != 0) bytes[size++] = ',';
    for (const char c : word) bytes[size++] = c;
  }
};

constexpr std::array<AckText, kAckMasks> make_ack_texts() noexcept {
  std::array<AckText, kAckMasks> texts{};
  for (std::uint32_t mask = 0; mask < kAckMasks; ++mask) {
#define AMPS_X(name, text, bit) \
  if ((mask & bit) != 0) texts[mask].append(text);
    AMPS_ACK_TABLE(AMPS_X)
#undef AMPS_X
  }
  return texts;
}

constexpr std::array<AckText, kAckMasks> kAckTexts = make_ack_texts();

std::uint32_t ack_type_of(std::string_view word) noexcept {
#define AMPS_X(name, text, bit) \
  if (word == text) return bit;
  AMPS_ACK_TABLE(AMPS_X)
#undef AMPS_X
  return AMPS_ACK_None;
}

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t';
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

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
    default:
      return {};
  }
}

std::uint32_t ack_types_of(std::string_view list) noexcept {
  std::uint32_t mask = 0;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    mask |= ack_type_of(trim(list.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return mask;
}

std::string_view ack_types_text(std::uint32_t ack_types) noexcept {
  const AckText& text = kAckTexts[ack_types % kAckMasks];
  return {text.bytes.data(), text.size};
}

}  // namespace amps::wire

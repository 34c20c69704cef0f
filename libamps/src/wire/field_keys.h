// SPDX-License-Identifier: Apache-2.0
// From the text of a header key to its field, both spellings (protocol 2.2): a perfect hash that the
// compiler makes from AMPS_FIELD_TABLE. A look-up is one multiplication, one byte and one comparison.
// Threads: functions of their arguments.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "amps/amps_message.h"

namespace amps::wire {

// Eight bytes as a number whose lowest byte is the first in memory.
inline std::uint64_t load_word(const char* at) noexcept {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

// What the hash is computed from: the first eight bytes, zeros behind a shorter key, and the last
// eight bytes of a key that has so many.
struct KeyWords {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

constexpr KeyWords key_words(std::string_view key) noexcept {
  KeyWords words;
  for (std::size_t i = 0; i < key.size() && i < 8; ++i) {
    words.first |= static_cast<std::uint64_t>(static_cast<unsigned char>(key[i])) << (8 * i);
  }
  for (std::size_t i = 0; i < 8 && key.size() >= 8; ++i) {
    words.last |= static_cast<std::uint64_t>(static_cast<unsigned char>(key[key.size() - 8 + i])) << (8 * i);
  }
  return words;
}

namespace field_keys {

constexpr int kSlotBits = 10;  // About 70 keys: every 13th multiplier has no collision in so many slots.
constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
constexpr std::uint8_t kNoEntry = 0xFF;

struct Entry {
  KeyWords words;
  std::string_view key;
  int field = -1;
};

constexpr std::string_view kTexts[][3] = {
#define AMPS_X(name, key, second, third, kind) {key, second, third},
    AMPS_FIELD_TABLE(AMPS_X)
#undef AMPS_X
};

constexpr std::size_t count_keys() noexcept {
  std::size_t count = 0;
  for (const auto& row : kTexts) {
    for (const std::string_view key : row) count += key.empty() ? 0 : 1;
  }
  return count;
}

constexpr std::size_t kEntries = count_keys();
static_assert(kEntries < kNoEntry, "an entry's number fits a byte");

constexpr std::array<Entry, kEntries> make_entries() noexcept {
  std::array<Entry, kEntries> entries{};
  std::size_t at = 0;
  for (int field = 0; field < AMPS_FIELD_COUNT; ++field) {
    for (const std::string_view key : kTexts[field]) {
      if (key.empty()) continue;
      entries[at].words = key_words(key);
      entries[at].key = key;
      entries[at].field = field;
      ++at;
    }
  }
  return entries;
}

inline constexpr std::array<Entry, kEntries> kEntryTable = make_entries();

constexpr std::size_t slot_of(const KeyWords& words, std::uint64_t multiplier) noexcept {
  const std::uint64_t folded = words.first ^ (words.last << 7 | words.last >> 57);
  return static_cast<std::size_t>(folded * multiplier >> (64 - kSlotBits));
}

// The first odd number of a fixed sequence that sends every key to a slot of its own; 0 when none of
// them does, which the static_assert below reports.
constexpr std::uint64_t find_multiplier() noexcept {
  std::array<std::uint16_t, kSlots> stamps{};
  std::uint64_t multiplier = 0x9E3779B97F4A7C15u;
  for (std::uint16_t attempt = 1; attempt < 2'000; ++attempt, multiplier += 0xD1B54A32D192ED04u) {
    bool collides = false;
    for (const Entry& entry : kEntryTable) {
      std::uint16_t& stamp = stamps[slot_of(entry.words, multiplier)];
      collides = stamp == attempt;
      stamp = attempt;
      if (collides) break;
    }
    if (!collides) return multiplier;
  }
  return 0;
}

inline constexpr std::uint64_t kMultiplier = find_multiplier();
static_assert(kMultiplier != 0, "more keys need more slot bits");

constexpr std::array<std::uint8_t, kSlots> make_slots() noexcept {
  std::array<std::uint8_t, kSlots> slots{};
  for (std::uint8_t& slot : slots) slot = kNoEntry;
  for (std::size_t i = 0; i < kEntries; ++i) {
    slots[slot_of(kEntryTable[i].words, kMultiplier)] = static_cast<std::uint8_t>(i);
  }
  return slots;
}

inline constexpr std::array<std::uint8_t, kSlots> kSlotTable = make_slots();

}  // namespace field_keys

// The field of a key, -1 when unknown. Requires: words == key_words(key).
inline int find_field(const KeyWords& words, std::string_view key) noexcept {
  const std::uint8_t number = field_keys::kSlotTable[field_keys::slot_of(words, field_keys::kMultiplier)];
  if (number == field_keys::kNoEntry) return -1;
  const field_keys::Entry& entry = field_keys::kEntryTable[number];
  const bool same = entry.words.first == words.first && entry.words.last == words.last &&
                    entry.key.size() == key.size() && (key.size() <= 16 || entry.key == key);
  return same ? entry.field : -1;
}

inline int find_field(std::string_view key) noexcept {
  if (key.size() < 8) return find_field(key_words(key), key);
  return find_field({load_word(key.data()), load_word(key.data() + key.size() - 8)}, key);
}

}  // namespace amps::wire

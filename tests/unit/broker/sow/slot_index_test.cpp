// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/slot_index.h"

#include <doctest/doctest.h>

#include <random>
#include <unordered_map>

using amps::broker::SlotIndex;

namespace {

const auto kAny = [](std::uint32_t) { return true; };

}  // namespace

TEST_CASE("an index finds what was put in, through growth, erasure and equal hashes") {
  SlotIndex index;
  CHECK(index.find(1, kAny) == SlotIndex::kNone);
  std::mt19937 random(17);
  std::unordered_map<std::uint32_t, std::uint32_t> hashes;  // By slot.
  std::uint32_t next_slot = 0;
  for (int step = 0; step < 200'000; ++step) {
    if (hashes.empty() || random() % 3 != 0) {
      // Few distinct hashes at times, so that runs are long and wrap.
      const std::uint32_t hash =
          random() % 2 == 0 ? static_cast<std::uint32_t>(random()) : 0xfffffff0u + random() % 16;
      if (hashes.size() > 3'000 && hash >= 0xfffffff0u) continue;
      index.insert(hash, next_slot);
      hashes[next_slot++] = hash;
    } else {
      const auto victim = hashes.find(static_cast<std::uint32_t>(random() % next_slot));
      if (victim == hashes.end()) continue;
      index.erase(victim->second, victim->first);
      hashes.erase(victim);
    }
  }
  CHECK(index.count() == hashes.size());
  for (const auto& [slot, hash] : hashes) {
    const std::uint32_t wanted = slot;
    REQUIRE(index.find(hash, [wanted](std::uint32_t found) { return found == wanted; }) == wanted);
  }
  CHECK(index.find(12345, [](std::uint32_t) { return false; }) == SlotIndex::kNone);
}

TEST_CASE("erasing what is not there changes nothing") {
  SlotIndex index;
  index.erase(1, 1);
  index.insert(1, 1);
  index.erase(1, 2);
  index.erase(2, 1);
  CHECK(index.count() == 1);
  CHECK(index.find(1, kAny) == 1);
}

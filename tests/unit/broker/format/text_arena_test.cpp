// SPDX-License-Identifier: Apache-2.0
#include "broker/format/text_arena.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace amps::broker;

TEST_CASE("texts stay where they are while others are kept") {
  TextArena arena;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 2'000; ++i) kept.push_back(arena.keep("text number " + std::to_string(i)));
  for (int i = 0; i < 2'000; ++i)
    CHECK(kept[static_cast<std::size_t>(i)] == "text number " + std::to_string(i));
  CHECK(arena.keep("").empty());
}

TEST_CASE("rewinding takes back what came after the mark and nothing else") {
  TextArena arena;
  const std::string_view first = arena.keep("first");
  const TextArena::Mark mark = arena.mark();
  const std::string large(100'000, 'x');
  for (int round = 0; round < 3; ++round) {
    const char* const at = arena.keep("second").data();
    arena.keep(large);
    arena.keep(large);
    arena.rewind(mark);
    CHECK(arena.keep("second").data() == at);
    arena.rewind(mark);
  }
  CHECK(first == "first");
}

TEST_CASE("what one message may take is bounded") {
  TextArena arena;
  CHECK(arena.allocate(TextArena::kBytesMax + 1) == nullptr);
  std::size_t total = 0;
  const std::size_t piece = TextArena::kBytesMax / 8;
  while (arena.allocate(piece) != nullptr) REQUIRE((total += piece) <= TextArena::kBytesMax);
  CHECK(total >= TextArena::kBytesMax / 2);
  arena.clear();
  CHECK(arena.keep("again") == "again");
}

// SPDX-License-Identifier: Apache-2.0
#include "broker/sow/record_table.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace amps::broker;

namespace {

RecordRef record(std::uint64_t number) {
  const std::string text = std::to_string(number);
  Record::Parts parts;
  parts.key = text;
  parts.body = text;
  return Record::make(parts);
}

std::size_t count(const RecordSnapshot& snapshot) {
  std::size_t total = 0;
  for (const ChunkRef& chunk : snapshot) {
    for (const RecordRef& one : chunk->items) total += one ? 1 : 0;
  }
  return total;
}

}  // namespace

TEST_CASE("SOW-52: a snapshot stays as it was taken") {
  RecordTable table;
  for (std::uint64_t i = 0; i < 1000; ++i) CHECK(table.add(record(i)) == i);
  const RecordSnapshot before = table.snapshot();
  CHECK(table.replace(300, record(7))->body() == "300");
  CHECK(table.remove(999)->body() == "999");
  table.add(record(1000));  // Takes the free slot.
  table.add(record(1001));
  CHECK(before[300 / 256]->items[300 % 256]->body() == "300");
  CHECK(before[999 / 256]->items[999 % 256]->body() == "999");
  CHECK(count(before) == 1000);
  CHECK(table.count() == 1001);
  CHECK(table.at(999)->body() == "1000");
  CHECK(count(table.snapshot()) == 1001);
}

TEST_CASE("snapshots are read and dropped by other threads while the table changes") {
  RecordTable table;
  for (std::uint64_t i = 0; i < 600; ++i) table.add(record(1));
  for (int round = 0; round < 50; ++round) {
    std::thread reader([snapshot = table.snapshot()]() mutable {
      for (const ChunkRef& chunk : snapshot) {
        for (const RecordRef& one : chunk->items) {
          if (one && one->body().empty()) std::abort();
        }
      }
      snapshot.clear();
    });
    for (std::uint32_t slot = 0; slot < 600; slot += 7) table.replace(slot, record(slot));
    reader.join();
  }
  CHECK(table.count() == 600);
}

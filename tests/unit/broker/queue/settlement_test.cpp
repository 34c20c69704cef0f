// SPDX-License-Identifier: Apache-2.0
#include "broker/queue/settlement.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

TEST_CASE("settled messages come back from their record, also those of a large number in several") {
  std::vector<BookmarkId> ids;
  for (std::uint64_t i = 0; i < kSettledPerRecordMax + 2; ++i) ids.push_back({UINT64_MAX - i, i * i});
  std::vector<BookmarkId> read;
  std::size_t records = 0;
  for (std::size_t first = 0; first < ids.size(); ++records) {
    amps::Buffer body;
    first += encode_settled(ids, first, &body);
    QueueNote note;
    REQUIRE(decode_queue_note(body.view(), &note));
    CHECK_FALSE(note.beginning);
    read.insert(read.end(), note.settled.begin(), note.settled.end());
  }
  CHECK(records == 2);
  CHECK((read == ids));
}

TEST_CASE("a beginning comes back from its record") {
  amps::Buffer body;
  encode_beginning(1'234'567'890'123, "now", &body);
  QueueNote note;
  REQUIRE(decode_queue_note(body.view(), &note));
  REQUIRE(note.beginning);
  CHECK(note.beginning->after_txid == 1'234'567'890'123);
  CHECK(note.beginning->recovery_point == "now");
  CHECK(note.settled.empty());
}

TEST_CASE("bodies that are cut short or of another kind are refused") {
  amps::Buffer body;
  encode_settled({{1, 2}, {3, 4}}, 0, &body);
  for (std::size_t size = 0; size < body.size(); ++size) {
    QueueNote note;
    CHECK(decode_queue_note(body.view().substr(0, size), &note) == (size == 1 || size == 17));
  }
  QueueNote note;
  CHECK_FALSE(decode_queue_note("Bshort", &note));
  CHECK_FALSE(decode_queue_note("X123456789012345", &note));
}

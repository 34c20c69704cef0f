// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/segment_index.h"

#include <doctest/doctest.h>

using namespace amps::broker;

namespace {

constexpr std::uint64_t kStep = 1'000;

// Records of 1,000 bytes by two publishers in turn, and now and then one that is not counted.
SegmentIndex index_of(std::uint64_t count) {
  SegmentIndex index;
  for (std::uint64_t i = 0; i < count; ++i) {
    JournalRecord record;
    record.txid = 100 + i;
    record.timestamp_us = i * 10;
    record.numbered_by_log = i % 10 == 9;
    record.bookmark = record.numbered_by_log ? BookmarkId{9, record.txid} : BookmarkId{1 + i % 2, i * 2 + 1};
    index.add(record, kSegmentHeaderBytes + i * kStep);
  }
  return index;
}

void check_near(std::uint64_t from, std::uint64_t offset) {
  CHECK(from <= offset);
  CHECK(offset < from + kIndexSpacingBytes);
}

}  // namespace

TEST_CASE("a message begins within one spacing of where the index says") {
  const SegmentIndex index = index_of(5'000);
  for (std::uint64_t i = 0; i < 5'000; i += 7) {
    const bool counted = i % 10 != 9;
    const auto from = index.find(counted ? BookmarkId{1 + i % 2, i * 2 + 1} : BookmarkId{9, 100 + i});
    REQUIRE(from.has_value());
    check_near(*from, kSegmentHeaderBytes + i * kStep);
  }
}

TEST_CASE("what is not in the segment is known without looking") {
  const SegmentIndex index = index_of(5'000);
  CHECK_FALSE(index.find({1, 20'000}).has_value());
  CHECK_FALSE(index.find({5, 99}).has_value());     // Before the first txid.
  CHECK_FALSE(index.find({5, 5'100}).has_value());  // After the last.
  CHECK_FALSE(SegmentIndex().find({1, 1}).has_value());
}

TEST_CASE("times and txids begin within one spacing too") {
  const SegmentIndex index = index_of(5'000);
  for (std::uint64_t i = 0; i < 5'000; i += 13) {
    check_near(index.offset_before_time(i * 10), kSegmentHeaderBytes + i * kStep);
    check_near(index.offset_before_txid(100 + i), kSegmentHeaderBytes + i * kStep);
  }
  CHECK(index.offset_before_txid(5) == kSegmentHeaderBytes);
  CHECK(index.first_txid() == 100);
  CHECK(index.last_txid() == 5'099);
  CHECK(index.last_time_us() == 49'990);
}

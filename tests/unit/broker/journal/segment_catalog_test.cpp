// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/segment_catalog.h"

#include <doctest/doctest.h>

#include <string>

using namespace amps::broker;

namespace {

// Two files with ten records each, one a microsecond, by publisher 1.
struct TwoFiles {
  TwoFiles() {
    for (std::uint64_t txid = 1; txid <= 20; ++txid) {
      const std::uint64_t segment = txid <= 10 ? 7 : 8;
      if (txid % 10 == 1) catalog.add({segment, 5}, "d/" + std::to_string(segment), false);
      JournalRecord record;
      record.txid = txid;
      record.timestamp_us = txid;
      record.bookmark = {1, txid * 10};
      std::string bytes(record_bytes(record), '\0');
      encode_record(bytes.data(), record);
      catalog.add_records(segment, bytes);
    }
  }
  SegmentCatalog catalog;
};

}  // namespace

TEST_CASE("files are listed with what they hold, oldest first") {
  TwoFiles files;
  const auto list = files.catalog.list();
  REQUIRE(list.size() == 2);
  CHECK(list[0].path == "d/7");
  CHECK(list[0].first_txid == 1);
  CHECK(list[0].last_txid == 10);
  CHECK(list[1].last_time_us == 20);
  CHECK(list[1].end == kSegmentHeaderBytes + 10 * kRecordHeaderBytes);
  CHECK(files.catalog.begin() == LogPosition{7, kSegmentHeaderBytes});
  files.catalog.remove(7);
  CHECK(files.catalog.begin() == LogPosition{8, kSegmentHeaderBytes});
  CHECK_FALSE(files.catalog.find(7).has_value());
}

TEST_CASE("messages, times and txids lead to the file that has them") {
  TwoFiles files;
  CHECK(files.catalog.candidates({1, 100}) == std::vector<LogPosition>{{7, kSegmentHeaderBytes}});
  CHECK(files.catalog.candidates({1, 110}) == std::vector<LogPosition>{{8, kSegmentHeaderBytes}});
  CHECK(files.catalog.candidates({1, 105}).empty());
  CHECK(files.catalog.before_time(9).segment == 7);
  CHECK(files.catalog.before_time(10).segment == 8);
  CHECK(files.catalog.before_txid(10).segment == 7);
  CHECK(files.catalog.before_txid(11).segment == 8);
}

TEST_CASE("without files everything begins at the first one to come") {
  SegmentCatalog catalog;
  CHECK(catalog.begin() == LogPosition{1, kSegmentHeaderBytes});
  CHECK(catalog.before_time(5) == LogPosition{1, kSegmentHeaderBytes});
  CHECK(catalog.candidates({1, 1}).empty());
}

TEST_CASE("a file that moved is found where it is") {
  TwoFiles files;
  files.catalog.set_place(7, "archive/7", true);
  CHECK(files.catalog.find(7)->path == "archive/7");
  CHECK(files.catalog.find(7)->is_archived);
}

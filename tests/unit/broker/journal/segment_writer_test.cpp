// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/segment_writer.h"

#include <doctest/doctest.h>

#include <string>

#include "support/crash_file_io.h"

using namespace amps;
using namespace amps::broker;
using amps::test::CrashFileIo;

namespace {

struct Writer {
  Writer() : writer({&io, "d", "test", 4'096, 2}, &catalog), tail(4'096, {1, kSegmentHeaderBytes}) {
    const Status status = writer.open({});
    REQUIRE_MESSAGE(status.ok(), status.text());
  }
  void append(std::size_t size) {
    JournalRecord record;
    const std::string body(size, 'b');
    record.body = body;
    record.txid = ++txid;
    encode_record(tail.extend(record_bytes(record), record.txid), record);
  }
  std::size_t file_count() { return io.after_kill(io.moment()).size(); }

  CrashFileIo io;
  SegmentCatalog catalog;
  SegmentWriter writer;
  LogTail tail;
  std::uint64_t txid = 0;
};

}  // namespace

TEST_CASE("files are made before they are needed") {
  Writer w;
  CHECK(w.file_count() == 2);
  w.append(100);
  std::vector<TailPiece> pieces;
  w.tail.take(&pieces);
  REQUIRE(w.writer.write(&pieces, true).ok());
  CHECK(pieces.empty());
  CHECK(w.file_count() == 2);
  REQUIRE(w.writer.prepare_spares().ok());
  CHECK(w.file_count() == 3);
}

TEST_CASE("what is written over several files is in the catalog, and on the disk") {
  Writer w;
  for (int i = 0; i < 12; ++i) w.append(900);
  std::vector<TailPiece> pieces;
  w.tail.take(&pieces);
  REQUIRE(w.writer.write(&pieces, true).ok());
  CHECK(w.writer.is_synced());
  const auto segments = w.catalog.list();
  REQUIRE(segments.size() == 3);
  CHECK(segments[0].first_txid == 1);
  CHECK(segments[2].last_txid == 12);
  CHECK(LogPosition{segments[2].number, segments[2].end} == w.tail.end());
}

TEST_CASE("a full disk is survived: the same pieces are written later") {
  Writer w;
  for (int i = 0; i < 12; ++i) w.append(900);
  std::vector<TailPiece> pieces;
  w.tail.take(&pieces);
  w.io.fail_after(1, true);
  CHECK(is_disk_full(w.writer.write(&pieces, true)));  // The third file cannot be made.
  CHECK_FALSE(w.writer.has_failed());
  CHECK_FALSE(pieces.empty());
  w.io.stop_failing();
  REQUIRE(w.writer.write(&pieces, true).ok());
  CHECK(w.catalog.list().back().last_txid == 12);
}

TEST_CASE("a failed sync is final") {
  Writer w;
  w.append(100);
  std::vector<TailPiece> pieces;
  w.tail.take(&pieces);
  REQUIRE(w.writer.write(&pieces, false).ok());
  CHECK_FALSE(w.writer.is_synced());
  w.io.fail_after(0, false);
  CHECK_FALSE(w.writer.sync().ok());
  CHECK(w.writer.has_failed());
}

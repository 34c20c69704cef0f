// SPDX-License-Identifier: Apache-2.0
#include "broker/journal/log_tail.h"

#include <doctest/doctest.h>

#include <string>

#include "broker/journal/journal_record.h"
#include "broker/journal/segment.h"

using namespace amps::broker;

namespace {

class Tail {
 public:
  explicit Tail(std::uint64_t segment_bytes = 4'096) : tail(segment_bytes, {1, kSegmentHeaderBytes}) {}
  void append(std::size_t body_size) {
    JournalRecord record;
    const std::string body(body_size, 'b');
    record.body = body;
    record.txid = ++txid;
    encode_record(tail.extend(record_bytes(record), record.txid), record);
  }
  std::vector<TailPiece> take() {
    std::vector<TailPiece> pieces;
    tail.take(&pieces);
    return pieces;
  }

  LogTail tail;
  std::uint64_t txid = 0;
};

// Txids of the data records, and how many batches begin.
std::pair<std::vector<std::uint64_t>, int> contents(const std::vector<TailPiece>& pieces) {
  std::pair<std::vector<std::uint64_t>, int> found;
  for (const TailPiece& piece : pieces) {
    for (std::size_t at = 0; at < piece.size;) {
      JournalRecord record;
      at += view_record(piece.data() + at, &record);
      if (record.kind == RecordKind::kBatch) {
        ++found.second;
      } else {
        found.first.push_back(record.txid);
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("what is taken is what was appended since, as one batch") {
  Tail tail;
  CHECK(tail.take().empty());
  tail.append(10);
  tail.append(10);
  auto [txids, batches] = contents(tail.take());
  CHECK(txids == std::vector<std::uint64_t>{1, 2});
  CHECK(batches == 1);
  CHECK(tail.tail.waiting_bytes() == 0);
  tail.append(10);
  std::tie(txids, batches) = contents(tail.take());
  CHECK(txids == std::vector<std::uint64_t>{3});
  CHECK(batches == 1);
  CHECK(tail.take().empty());
}

TEST_CASE("a full segment is followed by the next, which says where it ended") {
  Tail tail;
  for (int i = 0; i < 10; ++i) tail.append(900);
  const auto pieces = tail.take();
  CHECK(contents(pieces).first.size() == 10);
  LogPosition end{1, kSegmentHeaderBytes};
  for (const TailPiece& piece : pieces) {
    if (piece.begin().segment != end.segment) {
      JournalRecord record;
      view_record(piece.data(), &record);
      REQUIRE(record.kind == RecordKind::kBatch);
      CHECK(batch_of(record).previous_end == end.offset);
      end = {end.segment + 1, kSegmentHeaderBytes};
    }
    CHECK(piece.begin() == end);
    end.offset += piece.size;
    CHECK(end.offset <= 4'096);
  }
  CHECK(end == tail.tail.end());
}

TEST_CASE("a record larger than a segment gets one of its own") {
  Tail tail;
  tail.append(100);
  tail.append(10'000);
  tail.append(100);
  const auto pieces = tail.take();
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[1].begin() == LogPosition{2, kSegmentHeaderBytes});
  CHECK(pieces[2].begin() == LogPosition{3, kSegmentHeaderBytes});
}

TEST_CASE("records are seen up to the limit, and not once they are trimmed") {
  Tail tail(64u << 20);
  for (int i = 0; i < 100; ++i) tail.append(100'000);
  const LogPosition begin{1, kSegmentHeaderBytes};
  TailPiece piece;
  REQUIRE(tail.tail.view(begin, tail.tail.end(), &piece));
  CHECK(piece.size > 100'000);
  REQUIRE(tail.tail.view(begin, {1, kSegmentHeaderBytes + 56}, &piece));
  CHECK(piece.size == 56);
  REQUIRE(tail.tail.view(begin, begin, &piece));
  CHECK(piece.size == 0);
  tail.tail.trim(tail.tail.end(), 1u << 20);
  CHECK(tail.tail.view(begin, tail.tail.end(), &piece));  // Nothing was taken, so nothing may go.
  const auto pieces = tail.take();
  tail.tail.trim(begin, 1u << 20);
  CHECK(tail.tail.view(begin, tail.tail.end(), &piece));  // Taken, and not yet on the disk.
  tail.tail.trim(tail.tail.end(), 1u << 20);
  CHECK_FALSE(tail.tail.view(begin, tail.tail.end(), &piece));
  CHECK(contents(pieces).first.size() == 100);  // Whoever holds them keeps them.
}

TEST_CASE("a reader finds its way through all pieces") {
  Tail tail(64u << 20);
  LogPosition at{1, kSegmentHeaderBytes};
  std::uint64_t seen = 0;
  for (int i = 0; i < 50; ++i) {
    tail.append(200'000);
    if (i % 3 == 0) tail.take();
    TailPiece piece;
    while (at < tail.tail.end()) {
      REQUIRE(tail.tail.view(at, tail.tail.end(), &piece));
      REQUIRE(piece.size != 0);
      seen += contents({piece}).first.size();
      at.offset += piece.size;
    }
  }
  CHECK(seen == 50);
}
